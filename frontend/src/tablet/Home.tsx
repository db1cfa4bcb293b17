import { CalendarCheck, Pause, Play, SearchCheck } from 'lucide-react';
import { useRef } from 'react';
import { Link } from 'react-router';
import { EmptyState } from '@/components/ui/EmptyState';
import '@/i18n/late/tablet';
import type { WordKey } from '@/i18n/en';
import { t } from '@/i18n/t';
import { useFocusKeeper } from '@/lib/focus-keeper';
import { useNow } from '@/lib/now';
import type { Day, ToCheck, Visit } from '@/offline/types';
import { carOf } from './acts';
import { bigClasses } from './big';
import { useClock } from './clock';
import { Frame } from './Frame';
import { Install } from './Install';
import { VisitFacts } from './VisitFacts';
import { useWork } from './work';
import { isFinishedBy, runningWords } from './worked';

/** What waits for a part or an approval is not what comes next. */
const waits = (visit: Visit): boolean => visit.needsPart || visit.needsApproval;
const isDone = (visit: Visit): boolean => visit.status === 'READY' || visit.status === 'COMPLETED';

type Clock = ReturnType<typeof useClock>;
interface Group {
  word: WordKey & `tablet.${string}`;
  visits: Visit[];
  tone: 'primary' | 'plain' | null;
}
function groupsOf(day: Day, running: Visit | null): Group[] {
  const rest = day.appointments.filter((visit) => visit.id !== running?.id);
  const left = rest.filter((visit) => !isDone(visit) && !waits(visit));
  const isFinished = (visit: Visit): boolean => isFinishedBy(visit, day.me.id);
  return [
    { word: 'tablet.next', visits: left.filter((visit) => !isFinished(visit)), tone: 'primary' },
    { word: 'tablet.later', visits: rest.filter((visit) => !isDone(visit) && waits(visit)), tone: 'plain' },
    { word: 'tablet.finished', visits: left.filter(isFinished), tone: 'plain' },
    { word: 'tablet.done', visits: rest.filter(isDone), tone: null },
  ];
}

/** The one job under way, and what comes after it; not the whole board. */
export function Home() {
  const { day, connection } = useWork();
  const clock = useClock();
  const lists = useRef<HTMLDivElement>(null);
  // A job that is started leaves its row: the keyboard goes on where it runs now.
  useFocusKeeper(lists, () => lists.current?.querySelector<HTMLElement>('a, button'));
  if (!day) {
    return (
      <Frame title={t('tablet.home')}>
        {connection === 'offline' ? <EmptyState icon={CalendarCheck} title={t('tablet.none.offline')} /> : <p className="p-4">{t('tablet.loading')}</p>}
      </Frame>
    );
  }
  const toCheck = day.toCheck ?? [];
  const isEmpty = day.appointments.length === 0 && toCheck.length === 0 && clock.timer === null;
  return (
    <Frame title={t('tablet.home')}>
      {isEmpty ? (
        <EmptyState icon={CalendarCheck} title={t('tablet.none.title')} detail={t('tablet.none.detail')} />
      ) : (
        <div ref={lists} className="grid grid-cols-1 gap-4 p-3 lg:grid-cols-[minmax(0,5fr)_minmax(0,6fr)]">
          <section aria-labelledby="now" className="flex flex-col gap-2">
            <h2 id="now" className="text-lg font-semibold">
              {t('tablet.now')}
            </h2>
            <Now day={day} clock={clock} />
          </section>
          <div className="flex flex-col gap-4">
            {groupsOf(day, clock.running).map((group) => (group.visits.length === 0 && group.word !== 'tablet.next' ? null : <Jobs key={group.word} day={day} group={group} clock={clock} />))}
            {toCheck.length > 0 ? <Looks work={toCheck} /> : null}
          </div>
        </div>
      )}
      <Install />
      {clock.sheet}
    </Frame>
  );
}

/** What runs; it may be a job that an advisor has given to somebody else meanwhile, or one of another location. */
function Now({ day, clock }: { day: Day; clock: Clock }) {
  const now = useNow();
  const { running, timer, pause } = clock;
  if (!timer) return <p className="rounded-panel border border-line bg-surface p-4 text-base">{t('tablet.now.none')}</p>;
  const span = <p className="tabular text-xl font-semibold text-info">{runningWords(timer, now)}</p>;
  const stop = (label: string) => (
    <button type="button" className={bigClasses()} aria-label={label} onClick={(event) => pause(event.currentTarget)}>
      <Pause aria-hidden />
      {t('tablet.clock.stop')}
    </button>
  );
  if (!running) {
    return (
      <div className="flex flex-col gap-3 rounded-panel border-2 border-in-progress-edge bg-surface p-4">
        <p className="text-lg">{t('tablet.now.elsewhere')}</p>
        {span}
        {stop(t('tablet.clock.stop.elsewhere'))}
      </div>
    );
  }
  const car = carOf(running);
  const job = running.jobs.find((one) => one.id === timer.jobId);
  return (
    <div className="flex flex-col gap-3 rounded-panel border-2 border-primary bg-surface p-4">
      <p className="text-xl font-semibold">{car}</p>
      {running.title ? <p className="text-lg">{running.title}</p> : null}
      <VisitFacts visit={running} now={now} zone={day.timezone} userId={day.me.id} />
      {job ? <p className="text-base">{t('tablet.now.job', { job: job.name })}</p> : null}
      {span}
      <div className="grid grid-cols-2 gap-3">
        <Link to={`/jobs/${running.id}`} className={bigClasses('primary')} aria-label={t('tablet.open.job', { car })}>
          {t('tablet.open')}
        </Link>
        {stop(t('tablet.clock.stop.job', { car }))}
      </div>
    </div>
  );
}

const ROW = 'flex min-h-14 min-w-0 flex-1 flex-col justify-center gap-1 rounded-control px-3 py-2 hover:bg-hover';

function Jobs({ day, group, clock }: { day: Day; group: Group; clock: Clock }) {
  const now = useNow();
  const { word, visits, tone } = group;
  return (
    <section aria-label={t(word)} className="flex flex-col gap-2">
      <h2 className="text-lg font-semibold">{t(word)}</h2>
      {visits.length === 0 ? <p className="text-base">{t('tablet.next.none')}</p> : null}
      <ul role="list" className="flex flex-col gap-3">
        {visits.map((visit) => {
          const car = carOf(visit);
          return (
            <li key={visit.id} className="flex items-stretch gap-2 rounded-panel border border-line bg-surface p-1.5">
              <Link to={`/jobs/${visit.id}`} aria-label={t('tablet.open.job', { car })} className={ROW}>
                <span className="truncate text-lg font-semibold">{car}</span>
                {visit.title ? <span className="truncate text-base">{visit.title}</span> : null}
                <VisitFacts visit={visit} now={now} zone={day.timezone} userId={day.me.id} />
              </Link>
              {tone === null ? null : (
                <button
                  type="button"
                  className={bigClasses(tone, 'w-24 flex-col')}
                  aria-label={t('tablet.clock.start.job', { car })}
                  onClick={(event) => clock.start(visit, event.currentTarget)}
                >
                  <Play aria-hidden />
                  {t('tablet.clock.start')}
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** Finished work of others: somebody else looks at it before the car goes. */
function Looks({ work }: { work: readonly ToCheck[] }) {
  return (
    <section aria-label={t('tablet.toCheck')} className="flex flex-col gap-2">
      <h2 className="text-lg font-semibold">{t('tablet.toCheck')}</h2>
      <ul role="list" className="flex flex-col gap-3">
        {work.map((one) => {
          const car = one.vehicle ?? `#${one.number}`;
          return (
            <li key={one.id} className="flex items-stretch rounded-panel border border-line bg-surface p-1.5">
              <Link to={`/look/${one.id}`} aria-label={t('tablet.toCheck.open', { car })} className={ROW}>
                <span className="flex items-center gap-2.5 text-lg font-semibold">
                  <SearchCheck aria-hidden className="shrink-0" />
                  <span className="truncate">{car}</span>
                </span>
                <span className="text-base">
                  {[one.keyTag ? t('tablet.key', { tag: one.keyTag }) : t('tablet.noKey'), one.techName ? t('tablet.toCheck.by', { name: one.techName }) : null].filter(Boolean).join(' · ')}
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
