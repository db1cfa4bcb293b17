import { useQuery } from '@tanstack/react-query';
import { ClipboardList, Lock } from 'lucide-react';
import type { ReactNode } from 'react';
import { useRef } from 'react';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorState } from '@/components/ui/ErrorState';
import { PaperLink } from '@/components/ui/PaperLink';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { useSession } from '@/contexts/SessionContext';
import '@/i18n/late/services';
import { t } from '@/i18n/t';
import { groupAlternatives } from '@/lib/alternatives';
import { serviceQueries } from '@/lib/data/services';
import { useLive, usePollInterval } from '@/lib/events';
import { useFocusKeeper } from '@/lib/focus-keeper';
import type { DrawerData, Job } from '@/types';
import { AddJob } from './AddJob';
import { DeclinedWork } from './DeclinedWork';
import { JobCard } from './JobCard';
import { Sums } from './Sums';
import type { DrawJobPhotos } from './WorkContext';
import { WorkProvider, useWorkPlace } from './WorkContext';

interface ServicesTabProps {
  appointment: DrawerData['appointment'];
  /** How the estimate stands with the customer, which another feature draws. */
  estimate?: ReactNode;
  drawPhotos?: DrawJobPhotos;
}

/** The work of a visit: what is offered, what was said to it, what it costs. */
export function ServicesTab({ appointment, estimate, drawPhotos }: ServicesTabProps) {
  const { id, locationId, location } = appointment;
  const poll = usePollInterval(5_000);
  const { data, error, refetch } = useQuery({ ...serviceQueries.sheet(id), refetchInterval: poll });
  useLive('services', (event) => {
    if (event.id === id) void refetch();
  });
  if (!data) {
    return error ? (
      <ErrorState error={error} onRetry={() => void refetch()} />
    ) : (
      <div className="p-4">
        <SkeletonLines lines={8} label={t('services.loading')} />
      </div>
    );
  }
  return (
    <WorkProvider appointmentId={id} locationId={locationId} zone={location.timezone} sheet={data} drawPhotos={drawPhotos}>
      <Work estimate={estimate} />
    </WorkProvider>
  );
}

function Work({ estimate }: { estimate: ReactNode }) {
  const { appointmentId, sheet, canEdit } = useWorkPlace();
  const { can } = useSession();
  const list = useRef<HTMLDivElement>(null);
  useFocusKeeper(list, () => list.current?.querySelector<HTMLElement>('input, button'));
  const words = sheet.invoiceNumber === null ? t('services.locked.plain') : t(can('invoice:unlock') ? 'services.locked' : 'services.locked.others', { number: String(sheet.invoiceNumber) });
  return (
    <div ref={list} className="flex flex-col gap-3 px-4 py-3">
      {sheet.lockedAt ? (
        <p className="flex items-start gap-2 rounded-panel bg-info-soft px-3 py-2 text-info">
          <Lock size={16} aria-hidden className="mt-0.5 shrink-0" />
          {words}
        </p>
      ) : null}
      {canEdit ? <AddJob /> : null}
      {can('service:edit') ? <DeclinedWork /> : null}
      {sheet.jobs.length === 0 ? (
        <EmptyState icon={ClipboardList} title={t('services.empty.title')} detail={t(canEdit ? 'services.empty.detail' : 'services.empty.view')} />
      ) : (
        <ul role="list" aria-label={t('services.jobs')} className="flex flex-col gap-3">
          {groupAlternatives(sheet.jobs).map((jobs) => (
            <li key={jobs[0]?.id}>{jobs.length > 1 ? <Choice jobs={jobs} /> : jobs.map((job) => <JobCard key={job.id} job={job} />)}</li>
          ))}
        </ul>
      )}
      {sheet.totals && sheet.jobs.length > 0 ? <Sums totals={sheet.totals} /> : null}
      <p className="flex">
        <PaperLink href={`/api/appointments/${appointmentId}/papers/work-order.pdf`}>{t('services.paper')}</PaperLink>
      </p>
      {estimate}
    </div>
  );
}

/** Several jobs of which one is done. */
function Choice({ jobs }: { jobs: readonly Job[] }) {
  return (
    <fieldset className="min-w-0 rounded-panel border border-line-strong p-2">
      <legend className="px-1 text-xs font-medium text-muted">{t('services.choice')}</legend>
      <div className="flex flex-col gap-2">
        {jobs.map((job) => (
          <JobCard key={job.id} job={job} isAlternative />
        ))}
      </div>
    </fieldset>
  );
}
