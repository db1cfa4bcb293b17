import { clsx } from 'clsx';
import { PackageSearch, Pause, Play, ThumbsUp, Timer as Stopwatch } from 'lucide-react';
import type { ReactNode } from 'react';
import { useParams } from 'react-router';
import { EmptyState } from '@/components/ui/EmptyState';
import '@/i18n/late/tablet';
import { t, wordFor } from '@/i18n/t';
import { useNow } from '@/lib/now';
import { formatRecordDay } from '@/lib/time';
import type { Day, Job, Visit } from '@/offline/types';
import { carOf } from './acts';
import { bigClasses } from './big';
import { Checks } from './Checks';
import { useClock } from './clock';
import { Frame } from './Frame';
import { Into } from './Into';
import { Odometer } from './Odometer';
import { RESULTS } from './results';
import { useSide } from './side';
import { VisitFacts } from './VisitFacts';
import { useWork } from './work';
import { hoursOn, inHours, runningWords, workedOn } from './worked';
import { Outcome, TestDrive } from './WrapUp';

/** One job: what the customer said, which key, what was done to this car before; the clock and the inspection. */
export function JobPage() {
  const { id } = useParams();
  const { day } = useWork();
  const visit = day?.appointments.find((one) => one.id === id);
  if (!day || !visit) {
    return (
      <Frame title={t('tablet.title')} back="/">
        <EmptyState title={t('tablet.gone.title')} detail={t('tablet.gone.detail')} />
      </Frame>
    );
  }
  return <Job visit={visit} day={day} />;
}

function Panel({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex flex-col gap-2 rounded-panel border border-line bg-surface p-4">
      <h2 className="text-base font-semibold">{title}</h2>
      {children}
    </section>
  );
}

function Job({ visit, day }: { visit: Visit; day: Day }) {
  const now = useNow();
  const side = useSide();
  const clock = useClock();
  const { vehicle } = visit;
  const { byJob } = workedOn(visit, clock.timer, day.me.id, now);
  return (
    <Frame
      title={carOf(visit)}
      note={[t('tablet.job', { number: String(visit.number) }), visit.customerName].filter(Boolean).join(' · ')}
      back="/"
    >
      <div className={clsx('flex flex-col gap-3 p-3 lg:flex-row', side === 'left' && 'lg:flex-row-reverse')}>
        <div className="flex min-w-0 flex-1 flex-col gap-3">
          <div className="px-1">
            <VisitFacts visit={visit} now={now} zone={day.timezone} userId={day.me.id} />
          </div>
          <Panel title={t('tablet.concern')}>
            {visit.title ? <blockquote className="text-lg leading-snug font-medium">“{visit.title}”</blockquote> : <p>{t('tablet.concern.none')}</p>}
            {visit.notes ? <p className="text-base whitespace-pre-wrap">{visit.notes}</p> : null}
          </Panel>
          <Panel title={t('tablet.work')}>
            {visit.jobs.length === 0 ? <p>{t('tablet.work.none')}</p> : null}
            <ul role="list" className="flex flex-col divide-y divide-line">
              {visit.jobs.map((job) => (
                <li key={job.id} className="flex flex-col gap-2 py-3 text-base first:pt-0 last:pb-0">
                  <JobLine visit={visit} job={job} worked={byJob.get(job.id) ?? 0} clock={clock} />
                  <Outcome visit={visit} job={job} />
                </li>
              ))}
            </ul>
          </Panel>
          <Panel title={t('tablet.history')}>
            {visit.history.length === 0 ? <p>{t('tablet.history.none')}</p> : null}
            <ul role="list" className="flex flex-col divide-y divide-line">
              {visit.history.map((past, index) => (
                // Two visits of one day may have one title: a past that is only read is known by its place.
                <li key={index} className="py-2 text-base">
                  <p>
                    <span className="font-semibold">{formatRecordDay(past.day, day.today)}</span> {past.title}
                  </p>
                  {past.findings.map((finding, place) => {
                    const { icon: Icon, soft, word } = RESULTS[finding.severity];
                    return (
                      <span key={place} className={clsx('mt-1 mr-2 inline-flex items-center gap-1.5 rounded-chip px-2', soft)}>
                        <Icon size={18} aria-hidden />
                        {t(word)}: {finding.label}
                      </span>
                    );
                  })}
                </li>
              ))}
            </ul>
          </Panel>
        </div>
        {/* Held upright there is no room for words beside the buttons: the buttons come first, in two columns. */}
        <div className="grid items-start gap-3 max-lg:order-first md:max-lg:grid-cols-2 lg:flex lg:w-80 lg:flex-col lg:items-stretch">
          <ClockPanel visit={visit} day={day} clock={clock} />
          {vehicle ? <Odometer key={vehicle.id} visit={visit} vehicle={vehicle} /> : null}
          <Checks visit={visit} day={day} />
          <TestDrive visit={visit} />
        </div>
      </div>
      {clock.sheet}
    </Frame>
  );
}

type Clock = ReturnType<typeof useClock>;

/** One job of the visit: what it is, whether the customer wants it, and the clock on it where there are several. */
function JobLine({ visit, job, worked, clock }: { visit: Visit; job: Job; worked: number; clock: Clock }) {
  const isRunning = clock.timer?.appointmentId === visit.id && clock.timer.jobId === job.id;
  const hours = [job.hours === null ? null : t(job.approval === 'approved' ? 'tablet.work.hours' : 'tablet.work.hours.offered', { hours: String(job.hours) }), worked > 0 ? t('tablet.work.worked', { actual: inHours(worked) }) : null];
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-3">
          <span className="font-semibold">{job.name}</span>
          <span className="tabular">{hours.filter(Boolean).join(' · ')}</span>
          <span className={clsx('font-medium', job.approval === 'approved' ? 'text-success' : 'text-warning')}>{wordFor(`tablet.approval.${job.approval}`) ?? job.approval}</span>
        </p>
        {job.notes ? <p className="text-sm whitespace-pre-wrap">{job.notes}</p> : null}
      </div>
      {isRunning ? (
        <p className="flex min-h-11 items-center gap-2 font-semibold text-info">
          <Stopwatch aria-hidden size={20} />
          {t('tablet.work.running')}
        </p>
      ) : visit.jobs.length > 1 ? (
        <button
          type="button"
          className={bigClasses('plain', 'border')}
          aria-label={t('tablet.work.start.job', { job: job.name })}
          onClick={(event) => clock.start(visit, event.currentTarget, job.id)}
        >
          <Play aria-hidden size={20} />
          {t('tablet.clock.start')}
        </button>
      ) : null}
    </div>
  );
}

function ClockPanel({ visit, day, clock }: { visit: Visit; day: Day; clock: Clock }) {
  const now = useNow();
  const { timer } = clock;
  const isRunning = timer?.appointmentId === visit.id;
  const { own, everybody } = workedOn(visit, timer, day.me.id, now);
  const { sold, offered } = hoursOn(visit);
  // To the tenth of an hour that is shown: seconds of somebody else are no second figure.
  const isAlone = inHours(own) === inHours(everybody);
  const flags = [
    { word: 'tablet.flag.part' as const, icon: PackageSearch, isOn: visit.needsPart, reason: 'needs_part' as const },
    { word: 'tablet.flag.approval' as const, icon: ThumbsUp, isOn: visit.needsApproval, reason: 'needs_approval' as const },
  ];
  const toggle = (flag: (typeof flags)[number]): void => {
    if (flag.reason === 'needs_part' && !flag.isOn) clock.askPart(visit);
    else void clock.flag(visit, flag.reason, !flag.isOn);
  };
  return (
    <section aria-label={t('tablet.clock')} className="flex flex-col gap-3">
      {isRunning ? (
        <button
          type="button"
          className={bigClasses('plain', 'min-h-16')}
          aria-label={t('tablet.clock.stop.job', { car: carOf(visit) })}
          onClick={(event) => clock.pause(event.currentTarget)}
        >
          <Pause aria-hidden />
          {t('tablet.clock.stop')}
          <span className="tabular font-normal">{runningWords(timer, now)}</span>
        </button>
      ) : (
        <button
          type="button"
          className={bigClasses('primary', 'min-h-16')}
          aria-label={t('tablet.clock.start.job', { car: carOf(visit) })}
          onClick={(event) => clock.start(visit, event.currentTarget)}
        >
          <Play aria-hidden />
          {t('tablet.clock.start')}
        </button>
      )}
      {everybody > 0 || sold !== null ? (
        <p className="tabular px-1 text-base">
          {isAlone ? null : <span className="block">{t('tablet.clock.own', { actual: inHours(own) })}</span>}
          {sold === null
            ? t(isAlone ? 'tablet.clock.workedOnly' : 'tablet.clock.allOnly', { actual: inHours(everybody) })
            : t(isAlone ? 'tablet.clock.worked' : 'tablet.clock.all', { actual: inHours(everybody), sold: sold.toFixed(1) })}
          {offered > 0 ? <span className="block">{t('tablet.clock.offered', { hours: offered.toFixed(1) })}</span> : null}
        </p>
      ) : null}
      <div className="grid grid-cols-2 gap-3">
        <Into visit={visit} day={day} />
        {flags.map((flag) => (
          <button
            key={flag.reason}
            type="button"
            aria-pressed={flag.isOn}
            className={bigClasses('plain', 'aria-pressed:border-in-progress-edge aria-pressed:bg-warning-soft aria-pressed:text-warning')}
            onClick={() => toggle(flag)}
          >
            <flag.icon aria-hidden />
            {t(flag.word)}
          </button>
        ))}
      </div>
    </section>
  );
}
