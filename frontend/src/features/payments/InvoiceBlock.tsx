import { FileText, Lock, LockOpen } from 'lucide-react';
import { useState } from 'react';
import { ApiError } from '@/api';
import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { ReasonDialog } from '@/components/ui/ReasonDialog';
import { toast } from '@/components/ui/toast-store';
import { useCan } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import { formatWhen } from '@/lib/time';
import type { Ledger } from '@/types';
import { InvoiceLinks } from './InvoiceLinks';
import { useIssueInvoice, useUnlockInvoice } from './mutations';

/** The visit's invoice: its number and version, whether it is locked, its papers, and how to issue or unlock it. */
export function InvoiceBlock({ ledger, isOffline }: { ledger: Ledger; isOffline: boolean }) {
  const { invoice, appointment: visit, items } = ledger;
  const mayIssue = useCan('payment:record');
  const mayUnlock = useCan('invoice:unlock');
  const issue = useIssueInvoice(visit.id);
  const unlock = useUnlockInvoice(visit.id);
  const [isUnlocking, setUnlocking] = useState(false);
  const zone = visit.timezone;
  const newest = invoice?.newest;
  const fallen = newest ? newest.versionNo - (newest.reversedAt ? 0 : 1) : 0;
  const number = String(invoice?.number ?? '');
  const version = String(newest?.versionNo ?? 0);
  const [unapproved, setUnapproved] = useState<string | null>(null);
  const send = (allowUnapproved: boolean) => {
    setUnapproved(null);
    issue.mutate(
      { allowUnapproved },
      {
        onSuccess: (made) => toast({ tone: 'success', title: t('invoice.done', { number: String(made.number) }) }),
        onError: (error) =>
          error instanceof ApiError && error.code === 'unapproved_work'
            ? setUnapproved(errorWords(error))
            : toast({ tone: 'error', title: t('invoice.failed'), detail: errorWords(error) }),
      },
    );
  };

  return (
    <section aria-labelledby="invoice-title" className="rounded-control border border-line px-4 py-3">
      <div className="flex flex-wrap items-center gap-2">
        <h3 id="invoice-title" className="font-semibold">
          {invoice ? t('invoice.name', { number, version }) : t('invoice.title')}
        </h3>
        {invoice ? (
          <Badge tone={invoice.isLocked ? 'success' : 'warning'} icon={invoice.isLocked ? Lock : LockOpen}>
            {t(invoice.isLocked ? 'invoice.locked' : 'invoice.unlocked')}
          </Badge>
        ) : null}
      </div>
      {newest ? (
        <p className="mt-1 text-muted">
          {newest.issuedBy ? t('invoice.issuedBy', { when: formatWhen(newest.issuedAt, zone), name: newest.issuedBy }) : t('invoice.issued', { when: formatWhen(newest.issuedAt, zone) })}
        </p>
      ) : (
        <p className="mt-1 text-muted">{t('invoice.none')}</p>
      )}
      {invoice?.isLocked ? <p className="text-muted">{t(mayUnlock ? 'invoice.lockedWords' : 'invoice.lockedWords.others')}</p> : null}
      {newest?.reversedAt ? (
        <p className="text-muted">{t('invoice.unlockedBy', { when: formatWhen(newest.reversedAt, zone), name: newest.reversedBy ?? '', reason: newest.reversalReason ?? '' })}</p>
      ) : null}
      <div className="mt-2 flex flex-wrap items-center gap-2">
        {mayIssue && !invoice?.isLocked ? (
          <Button
            disabled={isOffline || issue.isPending || visit.totalCents === 0}
            isPending={issue.isPending}
            pendingLabel={t('invoice.issuing')}
            onClick={() => send(false)}
          >
            {invoice ? t('invoice.issueAgain', { version: String((newest?.versionNo ?? 0) + 1) }) : t('invoice.issue')}
          </Button>
        ) : null}
        {mayUnlock && invoice?.isLocked ? (
          <Button icon={<LockOpen size={16} aria-hidden />} disabled={isOffline} onClick={() => setUnlocking(true)}>
            {t('invoice.unlock')}
          </Button>
        ) : null}
        {invoice ? <Paper visitId={visit.id} paper="invoice" /> : null}
        {items.length > 0 ? <Paper visitId={visit.id} paper="receipt" /> : null}
      </div>
      {fallen > 0 ? <FallenVersions visitId={visit.id} count={fallen} /> : null}
      {invoice?.isLocked ? <InvoiceLinks visit={visit} isOffline={isOffline} /> : null}
      {unapproved ? (
        <div role="alert" className="mt-2 flex flex-col items-start gap-2 rounded-control bg-warning-soft px-3 py-2 text-ink">
          <p>{unapproved}</p>
          <Button size="sm" disabled={isOffline} onClick={() => send(true)}>
            {t('invoice.anyway')}
          </Button>
        </div>
      ) : null}
      {isUnlocking && invoice ? (
        <ReasonDialog
          title={t('invoice.unlock.title', { number })}
          lead={t('invoice.unlock.lead', { version })}
          submitLabel={t('invoice.unlock')}
          isPending={unlock.isPending}
          onClose={() => setUnlocking(false)}
          onSubmit={(reason) =>
            unlock.mutate(
              { id: invoice.id, reason },
              {
                onSuccess: () => {
                  setUnlocking(false);
                  toast({ tone: 'success', title: t('invoice.unlock.done', { number }) });
                },
                onError: (error) => toast({ tone: 'error', title: t('invoice.unlock.failed'), detail: errorWords(error) }),
              },
            )
          }
        />
      ) : null}
    </section>
  );
}

/** The papers of the versions that no longer stand: versions are numbered from 1 without gaps, all but the last are taken back. */
function FallenVersions({ visitId, count }: { visitId: string; count: number }) {
  return (
    <p className="flex flex-wrap items-center gap-x-2 text-muted">
      {t('invoice.fallen')}
      {Array.from({ length: count }, (_, index) => String(index + 1)).map((version) => (
        <a
          key={version}
          href={`/api/appointments/${visitId}/papers/invoice.pdf?version=${version}`}
          target="_blank"
          rel="noreferrer"
          aria-label={t('invoice.newTab', { paper: t('invoice.fallen.version', { version }) })}
          className="inline-flex h-9 min-w-9 items-center justify-center rounded-control px-2 font-medium text-primary hover:underline pointer-coarse:h-11 pointer-coarse:min-w-11"
        >
          {version}
        </a>
      ))}
    </p>
  );
}

function Paper({ visitId, paper }: { visitId: string; paper: 'invoice' | 'receipt' }) {
  const name = t(`invoice.paper.${paper}`);
  return (
    <a
      href={`/api/appointments/${visitId}/papers/${paper}.pdf`}
      target="_blank"
      rel="noreferrer"
      aria-label={t('invoice.newTab', { paper: name })}
      className="inline-flex h-9 items-center gap-1.5 rounded-control px-2 font-medium text-primary hover:underline pointer-coarse:h-11"
    >
      <FileText size={16} aria-hidden />
      {name}
    </a>
  );
}
