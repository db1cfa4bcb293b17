import { useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { Copy } from 'lucide-react';
import { useState } from 'react';
import { ApiError } from '@/api';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input, TextArea } from '@/components/ui/Input';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { toast } from '@/components/ui/toast-store';
import '@/i18n/late/estimates';
import { t } from '@/i18n/t';
import { useRested } from '@/lib/debounce';
import { errorWords } from '@/lib/error-words';
import { verdictWords } from '@/lib/message-words';
import { moneyText } from '@/lib/money';
import { formatDateTime } from '@/lib/time';
import type { DrawerData, EstimatePreview, ShowEstimate } from '@/types';
import type { EstimateActs } from './mutations';
import { estimateQueries } from './queries';

const WAYS = ['sms', 'email', 'link', 'print'] as const;

/** What is wrong; of a field that this form does not show, in the field's own words. */
function refusalWords(error: unknown): string {
  const [words] = error instanceof ApiError ? Object.values(error.fields).flat() : [];
  return words ?? errorWords(error);
}

interface SendDialogProps {
  appointment: DrawerData['appointment'];
  acts: EstimateActs;
  onClose: () => void;
}

/** What the customer will see, the exact text that brings it, and the ways to send it. */
export function SendDialog({ appointment, acts, onClose }: SendDialogProps) {
  const { id, location } = appointment;
  const [how, setHow] = useState<ShowEstimate['how']>('sms');
  const [intro, setIntro] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [url, setUrl] = useState<string | null>(null);
  const words = intro.trim();
  const rested = useRested(words, 300);
  const body: ShowEstimate = { how, ...(words ? { intro: words } : {}) };
  const { data: preview, error: refused } = useQuery(estimateQueries.preview(id, { how, ...(rested ? { intro: rested } : {}) }));
  const verdict = preview?.message?.verdict;

  const send = (): void => {
    setError(null);
    acts.show(body).then(
      (shown) => {
        if (how === 'link' && shown.url) return setUrl(shown.url);
        const done = shown.heldUntil
          ? t('estimate.send.done.held', { when: formatDateTime(shown.heldUntil, location.timezone) })
          : how === 'print'
            ? t('estimate.send.done.print', { version: shown.versionNo })
            : t('estimate.send.done.sms');
        toast({ tone: 'success', title: done });
        if (how === 'print') window.open(`/api/appointments/${id}/papers/estimate.pdf`, '_blank', 'noreferrer');
        onClose();
      },
      (failed: unknown) => setError(refusalWords(failed)),
    );
  };

  if (url) return <CopyLink url={url} onClose={onClose} />;
  return (
    <Dialog
      title={t('estimate.send.title')}
      note={[appointment.customerName, appointment.vehicle].filter(Boolean).join(' · ') || undefined}
      size="lg"
      isForm
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button tone="primary" isPending={acts.isPending} pendingLabel={t('action.saving')} disabled={verdict?.kind === 'refused' || refused !== null || acts.isPending} onClick={send}>
            {t(`estimate.send.do.${how}`)}
          </Button>
        </>
      }
    >
      <div className="grid gap-4 md:grid-cols-2">
        <div className="flex flex-col gap-3">
          <div role="group" aria-label={t('estimate.send.how')} className="grid grid-cols-2 gap-1 rounded-control border border-line p-1">
            {WAYS.map((way) => (
              <button
                key={way}
                type="button"
                aria-pressed={way === how}
                className={clsx('min-h-8 rounded-chip px-2 font-medium pointer-coarse:min-h-11', way === how ? 'bg-info-soft text-info' : 'text-muted hover:text-ink')}
                onClick={() => setHow(way)}
              >
                {t(`estimate.send.${way}`)}
              </button>
            ))}
          </div>
          <Field label={t('estimate.send.intro')} hint={t('estimate.send.intro.hint')}>
            {(control) => <TextArea {...control} rows={4} value={intro} onChange={(event) => setIntro(event.target.value)} />}
          </Field>
          {preview?.message ? (
            <div className="flex flex-col gap-1">
              <h3 className="text-xs font-medium text-muted">{t('estimate.send.text')}</h3>
              <p className="rounded-panel bg-info-soft px-3 py-2 break-words whitespace-pre-wrap text-info">{preview.message.text}</p>
              {verdict ? (
                <p role="status" className={clsx('text-xs font-medium', verdict.kind === 'refused' ? 'text-danger' : verdict.kind === 'held' ? 'text-warning' : 'text-success')}>
                  {verdictWords(verdict, location.timezone)}
                </p>
              ) : null}
            </div>
          ) : null}
          {preview?.unpricedJobIds.length ? (
            <p role="status" className="rounded-control bg-warning-soft px-3 py-2 text-warning">
              {t('estimate.unpriced', { count: preview.unpricedJobIds.length })}
            </p>
          ) : null}
          {error ?? refused ? (
            <p role="alert" className="font-medium text-danger">
              {error ?? refusalWords(refused)}
            </p>
          ) : null}
        </div>
        {preview || !refused ? (
          <div className="flex flex-col gap-2">
            <h3 className="text-xs font-medium text-muted">{t('estimate.send.sees')}</h3>
            {preview ? <Seen preview={preview} intro={intro} currency={location.currency} /> : <SkeletonLines lines={6} label={t('estimate.loading')} />}
          </div>
        ) : null}
      </div>
    </Dialog>
  );
}

/** The estimate in short, as the customer's page lists it. */
function Seen({ preview, intro, currency }: { preview: EstimatePreview; intro: string; currency: string }) {
  const { jobs, totals } = preview.document;
  return (
    <div className="flex flex-col gap-2 rounded-panel border border-line bg-canvas p-3">
      {intro.trim() ? <p className="whitespace-pre-line">{intro.trim()}</p> : null}
      <ul role="list" className="divide-y divide-line">
        {jobs.map((job) => (
          <li key={job.id} className="flex justify-between gap-3 py-1.5">
            <span className="min-w-0">
              <span className="block font-medium">{job.name}</span>
              {job.description ? <span className="block text-xs text-muted">{job.description}</span> : null}
              {job.approval === 'declined' ? <span className="block text-xs text-muted">{t('estimate.send.declined')}</span> : null}
              {job.choiceId && !job.isChosen ? <span className="block text-xs text-muted">{t('estimate.send.alternative')}</span> : null}
            </span>
            <span className="text-right tabular">{preview.unpricedJobIds.includes(job.id) ? t('estimate.noPrice') : moneyText(job.totalCents, currency)}</span>
          </li>
        ))}
      </ul>
      <p className="flex justify-between gap-3 border-t border-line pt-2 font-semibold">
        <span>{t('estimate.send.total')}</span>
        <span className="tabular">{moneyText(totals.totalCents, currency)}</span>
      </p>
    </div>
  );
}

/** The link, which is told this once. */
function CopyLink({ url, onClose }: { url: string; onClose: () => void }) {
  const copy = (): void => {
    void navigator.clipboard.writeText(url).then(() => toast({ tone: 'success', title: t('estimate.send.copied') }));
  };
  return (
    <Dialog title={t('estimate.send.url')} size="sm" onClose={onClose} footer={<Button onClick={onClose}>{t('action.close')}</Button>}>
      <Field label={t('estimate.send.url')} hint={t('estimate.send.url.hint')}>
        {(control) => (
          <div className="flex gap-2">
            <Input {...control} className="min-w-0 flex-1" readOnly value={url} onFocus={(event) => event.target.select()} />
            <Button tone="primary" icon={<Copy size={16} aria-hidden />} onClick={copy}>
              {t('estimate.send.copy')}
            </Button>
          </div>
        )}
      </Field>
    </Dialog>
  );
}
