import { clsx } from 'clsx';
import { PackageSearch, Pause, Play, ThumbsUp } from 'lucide-react';
import type { ReactNode } from 'react';
import { useParams } from 'react-router';
import { EmptyState } from '@/components/ui/EmptyState';
import '@/i18n/late/tablet';
import { t, wordFor } from '@/i18n/t';
import { useNow } from '@/lib/now';
import { formatRecordDay, spanWords } from '@/lib/time';
import type { Day, Visit } from '@/offline/types';
import { carOf, setNeeds } from './acts';
import { bigClasses } from './big';
import { Checks } from './Checks';
import { inHours, soldOn, useClock, workedOn } from './clock';
import { Frame } from './Frame';
import { RESULTS } from './results';
import { useSide } from './side';
import { VisitFacts } from './VisitFacts';
import { keeper, useWork } from './work';
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
  const { vehicle } = visit;
  return (
    <Frame
      title={carOf(visit)}
      note={[t('tablet.job', { number: String(visit.number) }), visit.customerName, vehicle?.mileage ? t('tablet.miles', { count: vehicle.mileage }) : null].filter(Boolean).join(' · ')}
      back="/"
    >
      <div className={clsx('flex flex-col gap-3 p-3 md:flex-row', side === 'left' && 'md:flex-row-reverse')}>
        <div className="flex min-w-0 flex-1 flex-col gap-3">
          <div className="px-1">
            <VisitFacts visit={visit} now={now} zone={day.timezone} />
          </div>
          <Panel title={t('tablet.concern')}>
            {visit.title ? <blockquote className="text-lg leading-snug font-medium">“{visit.title}”</blockquote> : <p>{t('tablet.concern.none')}</p>}
            {visit.notes ? <p className="text-base whitespace-pre-wrap">{visit.notes}</p> : null}
          </Panel>
          <Panel title={t('tablet.work')}>
            {visit.jobs.length === 0 ? <p>{t('tablet.work.none')}</p> : null}
            <ul role="list" className="flex flex-col divide-y divide-line">
              {visit.jobs.map((job) => (
                <li key={job.id} className="flex flex-wrap items-baseline gap-x-3 py-2 text-base">
                  <span className="font-semibold">{job.name}</span>
                  {job.hours === null ? null : <span className="tabular">{t('tablet.work.hours', { hours: String(job.hours) })}</span>}
                  <span className={clsx('ml-auto font-medium', job.approval === 'approved' ? 'text-success' : 'text-warning')}>
                    {wordFor(`tablet.approval.${job.approval}`) ?? job.approval}
                  </span>
                  {job.notes ? <span className="w-full text-sm whitespace-pre-wrap">{job.notes}</span> : null}
                  <Outcome visit={visit} job={job} />
                </li>
              ))}
            </ul>
          </Panel>
          <Panel title={t('tablet.history')}>
            {visit.history.length === 0 ? <p>{t('tablet.history.none')}</p> : null}
            <ul role="list" className="flex flex-col divide-y divide-line">
              {visit.history.map((past) => (
                <li key={`${past.day} ${past.title}`} className="py-2 text-base">
                  <p>
                    <span className="font-semibold">{formatRecordDay(past.day, day.today)}</span> {past.title}
                  </p>
                  {past.findings.map((finding) => {
                    const { icon: Icon, soft, word } = RESULTS[finding.severity];
                    return (
                      <span key={finding.label} className={clsx('mt-1 mr-2 inline-flex items-center gap-1.5 rounded-chip px-2', soft)}>
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
        <div className="flex flex-col gap-3 md:w-80">
          <ClockPanel visit={visit} />
          <Checks visit={visit} day={day} />
          <TestDrive visit={visit} />
        </div>
      </div>
    </Frame>
  );
}

function ClockPanel({ visit }: { visit: Visit }) {
  const clock = useClock();
  const now = useNow();
  const isRunning = clock.running?.id === visit.id;
  const worked = workedOn(visit, clock.timer, now);
  const sold = soldOn(visit);
  const flags = [
    { word: 'tablet.flag.part' as const, icon: PackageSearch, isOn: visit.needsPart, reason: 'needs_part' as const, field: 'needsPart' as const },
    { word: 'tablet.flag.approval' as const, icon: ThumbsUp, isOn: visit.needsApproval, reason: 'needs_approval' as const, field: 'needsApproval' as const },
  ];
  const toggle = async (flag: (typeof flags)[number]): Promise<void> => {
    // Stopping for that reason raises the flag by itself.
    if (!flag.isOn && isRunning) await clock.pauseFor(visit, flag.reason);
    else await keeper.add(setNeeds(visit, { [flag.field]: !flag.isOn }));
  };
  return (
    <>
      {isRunning ? (
        <button
          type="button"
          className={bigClasses('plain', 'min-h-16')}
          aria-label={t('tablet.clock.stop.job', { car: carOf(visit) })}
          onClick={(event) => clock.pause(visit, event.currentTarget)}
        >
          <Pause aria-hidden />
          {t('tablet.clock.stop')}
          <span className="tabular font-normal">{t('tablet.clock.running', { span: spanWords(worked) })}</span>
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
      {worked > 0 || sold !== null ? (
        <p className="tabular px-1 text-base">
          {sold === null ? t('tablet.clock.workedOnly', { actual: spanWords(worked) }) : t('tablet.clock.worked', { actual: inHours(worked), sold: sold.toFixed(1) })}
        </p>
      ) : null}
      <div className="grid grid-cols-2 gap-3">
        {flags.map((flag) => (
          <button
            key={flag.field}
            type="button"
            aria-pressed={flag.isOn}
            className={bigClasses('plain', 'aria-pressed:border-in-progress-edge aria-pressed:bg-warning-soft aria-pressed:text-warning')}
            onClick={() => void toggle(flag)}
          >
            <flag.icon aria-hidden />
            {t(flag.word)}
          </button>
        ))}
      </div>
      {clock.sheet}
    </>
  );
}
