import { useQuery } from '@tanstack/react-query';
import { Handshake, Send } from 'lucide-react';
import { useState } from 'react';
import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { ErrorState } from '@/components/ui/ErrorState';
import { Money } from '@/components/ui/Money';
import { PaperLink } from '@/components/ui/PaperLink';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { useSession } from '@/contexts/SessionContext';
import '@/i18n/late/estimates';
import { t } from '@/i18n/t';
import { serviceQueries } from '@/lib/data/services';
import { estimateMark } from '@/lib/estimate-mark';
import { useLive, usePollInterval } from '@/lib/events';
import { moneyText } from '@/lib/money';
import type { DrawerData, Estimates } from '@/types';
import { isAboveLimit } from './limit';
import { useEstimate } from './mutations';
import { estimateQueries } from './queries';
import { Questions } from './Questions';
import { RecordDialog } from './RecordDialog';
import { SendDialog } from './SendDialog';
import { Timeline } from './Timeline';

/** How a visit's estimate stands with the customer: send it, see what they said, write down what they said on the phone. */
export function EstimatePanel({ appointment }: { appointment: DrawerData['appointment'] }) {
  const { id, location } = appointment;
  const poll = usePollInterval(5_000);
  const { data, error, refetch } = useQuery({ ...estimateQueries.overview(id), refetchInterval: poll });
  const { data: sheet } = useQuery(serviceQueries.sheet(id));
  const { can } = useSession();
  const acts = useEstimate(id);
  const [open, setOpen] = useState<'send' | 'record' | null>(null);
  useLive('appointment', (event) => {
    if (event.id === id) void refetch();
  });
  useLive('services', (event) => {
    if (event.id === id) void refetch();
  });

  if (!data) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonLines lines={4} label={t('estimate.loading')} />;
  const mayTalk = can('service:edit');
  const canEdit = mayTalk && !sheet?.lockedAt;
  const hasJobs = (sheet?.jobs.length ?? 0) > 0;
  const mark = data.state ? estimateMark({ state: data.state, approved: sheet?.jobs.filter((job) => job.isChosen && job.approval === 'approved').length ?? 0, offered: sheet?.jobs.filter((job) => job.isChosen).length ?? 0 }) : null;
  const close = (): void => setOpen(null);
  return (
    <section aria-labelledby="estimate-title" className="flex flex-col gap-3 rounded-panel border border-line bg-surface p-3">
      <header className="flex flex-wrap items-center gap-2">
        <h3 id="estimate-title" className="font-semibold">
          {t('estimate.title')}
        </h3>
        {mark ? (
          <Badge tone={mark.tone} icon={mark.icon}>
            {mark.words}
          </Badge>
        ) : null}
      </header>
      <Standing data={data} hasJobs={hasJobs} currency={location.currency} />
      <div className="flex flex-wrap gap-2">
        {canEdit ? (
          <>
            <Button tone="primary" icon={<Send size={16} aria-hidden />} disabled={!hasJobs} onClick={() => setOpen('send')}>
              {t(data.versions.length ? 'estimate.send.again' : 'estimate.send')}
            </Button>
            <Button icon={<Handshake size={16} aria-hidden />} disabled={!hasJobs} onClick={() => setOpen('record')}>
              {t('estimate.record')}
            </Button>
          </>
        ) : null}
        {hasJobs ? <PaperLink href={`/api/appointments/${id}/papers/estimate.pdf`}>{t('estimate.paper')}</PaperLink> : null}
        {data.records.length ? <PaperLink href={`/api/appointments/${id}/papers/evidence.pdf`}>{t('estimate.evidence')}</PaperLink> : null}
      </div>
      {mayTalk && sheet ? <Questions jobs={sheet.jobs} records={data.records} acts={acts} /> : null}
      <Timeline data={data} zone={location.timezone} currency={location.currency} acts={mayTalk ? acts : null} />
      {open === 'send' ? <SendDialog appointment={appointment} acts={acts} onClose={close} /> : null}
      {open === 'record' && sheet ? <RecordDialog appointment={appointment} jobs={sheet.jobs} overview={data} acts={acts} onClose={close} /> : null}
    </section>
  );
}

/** The figures and what somebody must know about them. */
function Standing({ data, hasJobs, currency }: { data: Estimates; hasJobs: boolean; currency: string }) {
  const last = data.versions.at(-1);
  const { spendingCapCents: cap, authorizedCents } = data;
  return (
    <>
      {!last ? <p className="text-muted">{t(hasJobs ? 'estimate.none' : 'estimate.none.jobs')}</p> : null}
      {last && data.isOutdated ? (
        <p className="rounded-control bg-warning-soft px-3 py-2 text-warning">
          {t(data.state === 'changed' ? 'estimate.changed' : 'estimate.outdated', { version: last.versionNo })}
        </p>
      ) : null}
      {last ? (
        <dl className="flex flex-wrap gap-x-6 gap-y-1">
          <div className="flex gap-2">
            <dt className="text-muted">{t('estimate.authorized')}</dt>
            <dd className="font-semibold">
              <Money cents={authorizedCents} currency={currency} />
            </dd>
          </div>
          {cap !== null ? (
            <div className="flex gap-2">
              <dt className="text-muted">{t('estimate.cap')}</dt>
              <dd className="font-semibold">
                <Money cents={cap} currency={currency} />
              </dd>
            </div>
          ) : null}
        </dl>
      ) : null}
      {cap !== null && isAboveLimit(data) ? <p className="rounded-control bg-danger-soft px-3 py-2 text-danger">{t('estimate.cap.over', { money: moneyText(cap, currency) })}</p> : null}
    </>
  );
}
