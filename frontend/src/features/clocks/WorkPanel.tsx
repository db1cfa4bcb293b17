import { useQuery } from '@tanstack/react-query';
import { ClipboardCheck, NotebookPen, Timer } from 'lucide-react';
import { useState } from 'react';
import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { ErrorState } from '@/components/ui/ErrorState';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { Toggle } from '@/components/ui/Toggle';
import { toast } from '@/components/ui/toast-store';
import { useSession } from '@/contexts/SessionContext';
import '@/i18n/late/clocks';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import { useLive, usePollInterval } from '@/lib/events';
import type { DrawerData, VisitWork, WorkedJob } from '@/types';
import { CheckDialog } from './CheckDialog';
import { Checks } from './Checks';
import { hoursText, share } from './hours';
import { OutcomeDialog } from './OutcomeDialog';
import { People } from './People';
import { useVisitWork, workQueries } from './queries';

/** Of a visit: what its work waits for, hours worked against hours sold, what was found, and who checked it. */
export function WorkPanel({ appointment }: { appointment: DrawerData['appointment'] }) {
  const { id, location } = appointment;
  const { can, me } = useSession();
  const poll = usePollInterval(5_000);
  const { data, error, refetch } = useQuery({ ...workQueries.visit(id), refetchInterval: poll });
  const acts = useVisitWork(id);
  const [open, setOpen] = useState<'check' | WorkedJob | null>(null);
  useLive('appointment', (event) => {
    if (event.id === id) void refetch();
  });
  if (!data) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonLines lines={4} label={t('work.loading')} />;

  const act = (doing: Promise<unknown>): void => void doing.catch((reason: unknown) => toast({ tone: 'error', title: errorWords(reason) }));
  const close = (): void => setOpen(null);
  return (
    <section aria-labelledby="work-title" className="flex flex-col gap-3 rounded-panel border border-line bg-surface p-3">
      <header className="flex flex-wrap items-center gap-2">
        <h3 id="work-title" className="font-semibold">
          {t('work.title')}
        </h3>
        {data.people.some((person) => person.isRunning) ? (
          <Badge tone="success" icon={Timer}>
            {t('work.running')}
          </Badge>
        ) : null}
      </header>
      <div role="group" aria-label={t('work.needs')} className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <span className="text-muted">{t('work.needs')}</span>
        <Toggle isOn={data.needsPart} onChange={(needsPart) => act(acts.setNeeds({ needsPart }))} label={t('work.needs.part')} />
        {data.wantedPart ? <span className="font-medium">{data.wantedPart}</span> : null}
        <Toggle isOn={data.needsApproval} onChange={(needsApproval) => act(acts.setNeeds({ needsApproval }))} label={t('work.needs.approval')} />
      </div>
      <Figures work={data} />
      {data.jobs.length > 0 ? <Jobs work={data} onTell={setOpen} /> : null}
      <People work={data} zone={location.timezone} canStop={(userId) => userId === me.user.id || can('appointment:edit')} onStop={(timerId) => act(acts.stop(timerId))} />
      <Checks checks={data.checks} zone={location.timezone} />
      <div>
        <Button icon={<ClipboardCheck size={16} aria-hidden />} onClick={() => setOpen('check')}>
          {t('work.check.add')}
        </Button>
      </div>
      {open === 'check' ? <CheckDialog acts={acts} onClose={close} /> : open ? <OutcomeDialog job={open} acts={acts} onClose={close} /> : null}
    </section>
  );
}

/** Billed and actual hours, side by side and never mixed. */
function Figures({ work }: { work: VisitWork }) {
  if (work.timers.length === 0) {
    return (
      <p className="text-muted">
        {t('work.none')} {Number(work.soldHours) > 0 ? `${t('work.sold')}: ${t('work.hours', { hours: work.soldHours })}.` : ''}{' '}
        {Number(work.offeredHours) > 0 ? `${t('work.offered')}: ${t('work.hours', { hours: work.offeredHours })}.` : ''}
      </p>
    );
  }
  const percent = share(work.workedSeconds, work.soldHours);
  return (
    <dl className="flex flex-wrap items-baseline gap-x-6 gap-y-1">
      <div className="flex gap-2">
        <dt className="text-muted">{t('work.sold')}</dt>
        <dd className="tabular font-semibold">{t('work.hours', { hours: work.soldHours })}</dd>
      </div>
      {Number(work.offeredHours) > 0 ? (
        <div className="flex gap-2">
          <dt className="text-muted">{t('work.offered')}</dt>
          <dd className="tabular">{t('work.hours', { hours: work.offeredHours })}</dd>
        </div>
      ) : null}
      <div className="flex gap-2">
        <dt className="text-muted">{t('work.worked')}</dt>
        <dd className="tabular font-semibold">{t('work.hours', { hours: hoursText(work.workedSeconds) })}</dd>
        {percent === null ? null : <dd className={percent > 100 ? 'font-medium text-warning' : 'text-muted'}>{t(percent > 100 ? 'work.over' : 'work.share', { percent })}</dd>}
      </div>
    </dl>
  );
}

/** What each job took, and what was found and done. */
function Jobs({ work, onTell }: { work: VisitWork; onTell: (job: WorkedJob) => void }) {
  const named = work.jobs.reduce((sum, job) => sum + job.workedSeconds, 0);
  const rest = work.workedSeconds - named;
  return (
    <ul role="list" aria-label={t('work.jobs')} className="flex flex-col">
      {work.jobs.map((job) => (
        <li key={job.id} className="flex flex-col gap-0.5 border-t border-line py-2 first:border-t-0">
          <span className="flex flex-wrap items-center justify-between gap-2">
            <span className="font-medium">{job.name}</span>
            <span className="tabular text-muted">
              {Number(job.offeredHours) > 0 ? `${t('work.offered')} ${t('work.hours', { hours: job.offeredHours })}` : `${t('work.sold')} ${t('work.hours', { hours: job.soldHours })}`} {'·'} {t('work.worked')} {t('work.hours', { hours: hoursText(job.workedSeconds) })}
            </span>
          </span>
          {job.cause ? (
            <span className="whitespace-pre-line">
              <span className="text-muted">{t('work.outcome.cause')}:</span> {job.cause}
            </span>
          ) : null}
          {job.correction ? (
            <span className="whitespace-pre-line">
              <span className="text-muted">{t('work.outcome.correction')}:</span> {job.correction}
            </span>
          ) : null}
          <span>
            <Button tone="ghost" icon={<NotebookPen size={16} aria-hidden />} onClick={() => onTell(job)}>
              {t('work.outcome')}
              <span className="sr-only"> {job.name}</span>
            </Button>
          </span>
        </li>
      ))}
      {rest > 0 && named > 0 ? (
        <li className="flex justify-between gap-2 border-t border-line py-2 text-muted">
          <span>{t('work.elsewhere')}</span>
          <span className="tabular">{t('work.hours', { hours: hoursText(rest) })}</span>
        </li>
      ) : null}
    </ul>
  );
}
