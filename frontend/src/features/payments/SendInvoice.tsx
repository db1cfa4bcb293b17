import { useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { Copy } from 'lucide-react';
import { useState } from 'react';
import { ApiError } from '@/api';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { toast } from '@/components/ui/toast-store';
import { useCan } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import { verdictWords } from '@/lib/message-words';
import { formatWhen } from '@/lib/time';
import type { Ledger, MakeInvoiceLink } from '@/types';
import type { InvoiceLinkActs } from './mutations';
import { invoiceLinkPreviewQuery } from './queries';

const WAYS = ['sms', 'email', 'link'] as const;

/** What is wrong; of a field that this form does not show, in the field's own words. */
function refusalWords(error: unknown): string {
  const [words] = error instanceof ApiError ? Object.values(error.fields).flat() : [];
  return words ?? errorWords(error);
}

interface SendInvoiceProps {
  visit: Ledger['appointment'];
  acts: InvoiceLinkActs;
  onClose: () => void;
}

/** The ways to bring the customer their invoice, and the exact text that does. */
export function SendInvoice({ visit, acts, onClose }: SendInvoiceProps) {
  const mayText = useCan('message:send');
  const [how, setHow] = useState<MakeInvoiceLink['how']>(mayText ? 'sms' : 'link');
  const [error, setError] = useState<string | null>(null);
  const [url, setUrl] = useState<string | null>(null);
  const { data: preview, error: refused } = useQuery({ ...invoiceLinkPreviewQuery(visit.id, how), enabled: how !== 'link' });
  const verdict = how === 'link' ? undefined : preview?.message?.verdict;
  const fault = error ?? (refused && how !== 'link' ? refusalWords(refused) : null);

  const send = (): void => {
    setError(null);
    acts.make({ how }).then(
      (made) => {
        if (made.url) return setUrl(made.url);
        toast({ tone: 'success', title: made.heldUntil ? t('invoice.link.held', { when: formatWhen(made.heldUntil, visit.timezone) }) : t('invoice.link.sent') });
        onClose();
      },
      (failed: unknown) => setError(refusalWords(failed)),
    );
  };

  if (url) return <CopyLink url={url} onClose={onClose} />;
  return (
    <Dialog
      title={t('invoice.link.title')}
      note={[visit.customerName, visit.vehicle].filter(Boolean).join(' · ') || undefined}
      size="sm"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button
            tone="primary"
            isPending={acts.isPending}
            pendingLabel={t('action.saving')}
            disabled={verdict?.kind === 'refused' || (how !== 'link' && refused !== null) || acts.isPending}
            onClick={send}
          >
            {t(`invoice.link.do.${how}`)}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <div role="group" aria-label={t('invoice.link.how')} className="grid grid-cols-3 gap-1 rounded-control border border-line p-1">
          {WAYS.filter((way) => mayText || way === 'link').map((way) => (
            <button
              key={way}
              type="button"
              aria-pressed={way === how}
              className={clsx('min-h-8 rounded-chip px-2 font-medium pointer-coarse:min-h-11', way === how ? 'bg-info-soft text-info' : 'text-muted hover:text-ink')}
              onClick={() => {
                setHow(way);
                setError(null);
              }}
            >
              {t(`invoice.link.${way}`)}
            </button>
          ))}
        </div>
        {how === 'link' ? (
          <p className="text-muted">{t('invoice.link.copyWords')}</p>
        ) : preview?.message ? (
          <div className="flex flex-col gap-1">
            <h3 className="text-xs font-medium text-muted">{t('invoice.link.text')}</h3>
            <p className="rounded-panel bg-info-soft px-3 py-2 break-words whitespace-pre-wrap text-info">{preview.message.text}</p>
            {verdict ? (
              <p role="status" className={clsx('text-xs font-medium', verdict.kind === 'refused' ? 'text-danger' : verdict.kind === 'held' ? 'text-warning' : 'text-success')}>
                {verdictWords(verdict, visit.timezone)}
              </p>
            ) : null}
          </div>
        ) : refused ? null : (
          <SkeletonLines lines={3} label={t('payments.loading')} />
        )}
        {fault ? (
          <p role="alert" className="font-medium text-danger">
            {fault}
          </p>
        ) : null}
      </div>
    </Dialog>
  );
}

/** The link, which is told this once. */
function CopyLink({ url, onClose }: { url: string; onClose: () => void }) {
  const copy = (): void => {
    void navigator.clipboard.writeText(url).then(() => toast({ tone: 'success', title: t('invoice.link.copied') }));
  };
  return (
    <Dialog title={t('invoice.link.url')} size="sm" onClose={onClose} footer={<Button onClick={onClose}>{t('action.close')}</Button>}>
      <div className="flex items-end gap-2">
        <div className="min-w-0 flex-1">
          <Field label={t('invoice.link.url')} hint={t('invoice.link.url.hint')}>
            {(control) => <Input {...control} readOnly value={url} onFocus={(event) => event.target.select()} />}
          </Field>
        </div>
        <Button tone="primary" icon={<Copy size={16} aria-hidden />} onClick={copy}>
          {t('invoice.link.copy')}
        </Button>
      </div>
    </Dialog>
  );
}
