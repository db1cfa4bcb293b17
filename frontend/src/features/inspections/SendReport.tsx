import { useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { Copy } from 'lucide-react';
import { useState } from 'react';
import { ApiError } from '@/api';
import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { toast } from '@/components/ui/toast-store';
import { useSession } from '@/contexts/SessionContext';
import '@/i18n/late/inspections';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import { verdictWords } from '@/lib/message-words';
import { formatDateTime } from '@/lib/time';
import type { Checklist, Report, ReportPreview, ReportSend } from '@/types';
import { useInspectionPlace } from './InspectionContext';
import { inspectionQueries } from './queries';
import { RESULTS } from './results';

function refusalWords(error: unknown): string {
  const [words] = error instanceof ApiError ? Object.values(error.fields).flat() : [];
  return words ?? errorWords(error);
}

/** What the customer will see, the exact text that brings it, and the ways to send it. */
export function SendReport({ list, onClose }: { list: Checklist; onClose: () => void }) {
  const { appointment, acts, zone } = useInspectionPlace();
  const { me } = useSession();
  const ways = me.flags.messaging ? (['sms', 'email', 'link'] as const) : (['link'] as const);
  const [how, setHow] = useState<ReportSend['how']>(ways[0]);
  const [error, setError] = useState<string | null>(null);
  const [url, setUrl] = useState<string | null>(null);
  const { data: preview, error: refused } = useQuery(inspectionQueries.report(list.id, { how }));
  const verdict = preview?.message?.verdict;

  const send = (): void => {
    setError(null);
    acts.send(list.id, { how }).then(
      (sent) => {
        if (sent.url) return setUrl(sent.url);
        toast({ tone: 'success', title: sent.heldUntil ? t('report.done.held', { when: formatDateTime(sent.heldUntil, zone) }) : t('report.done') });
        onClose();
      },
      (failed: unknown) => setError(refusalWords(failed)),
    );
  };
  if (url) return <CopyLink url={url} onClose={onClose} />;
  return (
    <Dialog
      title={t('report.send.title')}
      note={[appointment.customerName, appointment.vehicle].filter(Boolean).join(' · ') || undefined}
      size="lg"
      isForm
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button tone="primary" isPending={acts.isPending} pendingLabel={t('action.saving')} disabled={verdict?.kind === 'refused' || refused !== null || acts.isPending} onClick={send}>
            {t(`report.do.${how}`)}
          </Button>
        </>
      }
    >
      <div className="grid gap-4 md:grid-cols-2">
        <div className="flex flex-col gap-3">
          <div role="group" aria-label={t('report.how')} className="grid grid-cols-3 gap-1 rounded-control border border-line p-1">
            {ways.map((way) => (
              <button
                key={way}
                type="button"
                aria-pressed={way === how}
                className={clsx('min-h-8 rounded-chip px-2 font-medium pointer-coarse:min-h-11', way === how ? 'bg-info-soft text-info' : 'text-muted hover:text-ink')}
                onClick={() => setHow(way)}
              >
                {t(`report.${way}`)}
              </button>
            ))}
          </div>
          {preview?.message && how !== 'link' ? (
            <div className="flex flex-col gap-1">
              <h3 className="text-xs font-medium text-muted">{t('report.text')}</h3>
              <p className="rounded-panel bg-info-soft px-3 py-2 break-words whitespace-pre-wrap text-info">{preview.message.text}</p>
              {verdict ? (
                <p role="status" className={clsx('text-xs font-medium', verdict.kind === 'refused' ? 'text-danger' : verdict.kind === 'held' ? 'text-warning' : 'text-success')}>
                  {verdictWords(verdict, zone)}
                </p>
              ) : null}
            </div>
          ) : null}
          {how === 'link' ? <p className="text-muted">{t('report.link.lead')}</p> : null}
          {error ?? refused ? (
            <p role="alert" className="font-medium text-danger">
              {error ?? refusalWords(refused)}
            </p>
          ) : null}
        </div>
        <div className="flex flex-col gap-2">
          <h3 className="text-xs font-medium text-muted">{t('report.sees')}</h3>
          {preview ? <Seen report={preview.report} /> : refused ? null : <SkeletonLines lines={6} label={t('report.loading')} />}
          {preview?.estimate ? <Along estimate={preview.estimate} /> : null}
        </div>
      </div>
    </Dialog>
  );
}

/** The work that stands below the report: this link shows it as it is now, and can approve it. */
function Along({ estimate: { versionNo, isNew, jobs, unpriced } }: { estimate: NonNullable<ReportPreview['estimate']> }) {
  return (
    <>
      <p className="text-xs text-muted">
        {[jobs > 0 ? t('report.jobs', { count: jobs }) : null, t(isNew ? 'report.jobs.new' : 'report.jobs.same', { version: versionNo })].filter(Boolean).join(' ')}
      </p>
      {unpriced > 0 ? (
        <p role="status" className="rounded-control bg-warning-soft px-3 py-2 text-warning">
          {t('report.unpriced', { count: unpriced })}
        </p>
      ) : null}
    </>
  );
}

/** The report in short: what was found, and how much is fine. */
function Seen({ report }: { report: Report }) {
  const found = report.items.filter((item) => item.result === 'fail' || item.result === 'attention');
  return (
    <div className="flex flex-col gap-2 rounded-panel border border-line bg-canvas p-3">
      <p className="flex flex-wrap gap-1.5">
        {(['fail', 'attention', 'pass'] as const).map((result) => (
          <Badge key={result} tone={RESULTS[result].tone} icon={RESULTS[result].icon}>
            {t(`inspection.count.${result}`, { count: report.counts[result] ?? 0 })}
          </Badge>
        ))}
      </p>
      <ul role="list" className="divide-y divide-line">
        {found.map((item) => (
          <li key={item.id} className="flex justify-between gap-3 py-1.5">
            <span className="min-w-0">
              <span className="block font-medium">{item.label}</span>
              {item.note ? <span className="block text-xs text-muted">{item.note}</span> : null}
            </span>
            <Badge tone={RESULTS[item.result].tone} icon={RESULTS[item.result].icon}>
              {t(RESULTS[item.result].word)}
            </Badge>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The link, which is told this once. */
function CopyLink({ url, onClose }: { url: string; onClose: () => void }) {
  const copy = (): void => {
    void navigator.clipboard.writeText(url).then(() => toast({ tone: 'success', title: t('report.copied') }));
  };
  return (
    <Dialog title={t('report.url')} size="sm" onClose={onClose} footer={<Button onClick={onClose}>{t('action.close')}</Button>}>
      <div className="flex items-end gap-2">
        <div className="min-w-0 flex-1">
          <Field label={t('report.url')} hint={t('report.url.hint')}>
            {(control) => <Input {...control} readOnly value={url} onFocus={(event) => event.target.select()} />}
          </Field>
        </div>
        <Button tone="primary" icon={<Copy size={16} aria-hidden />} onClick={copy}>
          {t('report.copy')}
        </Button>
      </div>
    </Dialog>
  );
}
