import { CalendarCheck, Pause, Play } from 'lucide-react';
import { Link } from 'react-router';
import { EmptyState } from '@/components/ui/EmptyState';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { useNow } from '@/lib/now';
import { spanWords } from '@/lib/time';
import type { Visit } from '@/offline/types';
import { carOf } from './acts';
import { bigClasses } from './big';
import { useClock, workedOn } from './clock';
import { Frame } from './Frame';
import { VisitFacts } from './VisitFacts';
import { useWork } from './work';

/** What waits for a part or an approval is not what comes next. */
const waits = (visit: Visit): boolean => visit.needsPart || visit.needsApproval;
const isDone = (visit: Visit): boolean => visit.status === 'READY' || visit.status === 'COMPLETED';

/** The one job under way, and what comes after it; not the whole board. */
export function Home() {
  const { day, connection } = useWork();
  const clock = useClock();
  const now = useNow();
  if (!day) {
    return (
      <Frame title={t('tablet.home')}>
        {connection === 'offline' ? <EmptyState icon={CalendarCheck} title={t('tablet.none.offline')} /> : <p className="p-4">{t('tablet.loading')}</p>}
      </Frame>
    );
  }
  const rest = day.appointments.filter((visit) => visit.id !== clock.running?.id);
  const groups = [
    { word: 'tablet.next' as const, visits: rest.filter((visit) => !isDone(visit) && !waits(visit)) },
    { word: 'tablet.later' as const, visits: rest.filter((visit) => !isDone(visit) && waits(visit)) },
    { word: 'tablet.done' as const, visits: rest.filter(isDone) },
  ];
  return (
    <Frame title={t('tablet.home')}>
      {day.appointments.length === 0 ? (
        <EmptyState icon={CalendarCheck} title={t('tablet.none.title')} detail={t('tablet.none.detail')} />
      ) : (
        <div className="grid gap-4 p-3 lg:grid-cols-[minmax(0,5fr)_minmax(0,6fr)]">
          <section aria-labelledby="now" className="flex flex-col gap-2">
            <h2 id="now" className="text-lg font-semibold">
              {t('tablet.now')}
            </h2>
            {clock.running ? (
              <div className="flex flex-col gap-3 rounded-panel border-2 border-primary bg-surface p-4">
                <p className="text-xl font-semibold">{carOf(clock.running)}</p>
                <p className="text-lg">{clock.running.title}</p>
                <VisitFacts visit={clock.running} now={now} zone={day.timezone} />
                <p className="tabular text-xl font-semibold text-info">{t('tablet.clock.running', { span: spanWords(workedOn(clock.running, clock.timer, now)) })}</p>
                <div className="grid grid-cols-2 gap-3">
                  <Link to={`/jobs/${clock.running.id}`} className={bigClasses('primary')} aria-label={t('tablet.open.job', { car: carOf(clock.running) })}>
                    {t('tablet.open')}
                  </Link>
                  <button
                    type="button"
                    className={bigClasses()}
                    aria-label={t('tablet.clock.stop.job', { car: carOf(clock.running) })}
                    onClick={(event) => clock.running && clock.pause(clock.running, event.currentTarget)}
                  >
                    <Pause aria-hidden />
                    {t('tablet.clock.stop')}
                  </button>
                </div>
              </div>
            ) : (
              <p className="rounded-panel border border-line bg-surface p-4 text-base">{t('tablet.now.none')}</p>
            )}
          </section>
          <div className="flex flex-col gap-4">
            {groups.map(({ word, visits }) =>
              visits.length === 0 && word !== 'tablet.next' ? null : (
                <section key={word} aria-label={t(word)} className="flex flex-col gap-2">
                  <h2 className="text-lg font-semibold">{t(word)}</h2>
                  {visits.length === 0 ? <p className="text-base">{t('tablet.next.none')}</p> : null}
                  <ul role="list" className="flex flex-col gap-3">
                    {visits.map((visit) => (
                      <li key={visit.id} className="flex items-stretch gap-2 rounded-panel border border-line bg-surface p-1.5">
                        <Link
                          to={`/jobs/${visit.id}`}
                          aria-label={t('tablet.open.job', { car: carOf(visit) })}
                          className="flex min-h-14 min-w-0 flex-1 flex-col justify-center gap-1 rounded-control px-3 py-2 hover:bg-hover"
                        >
                          <span className="truncate text-lg font-semibold">{carOf(visit)}</span>
                          <span className="truncate text-base">{visit.title}</span>
                          <VisitFacts visit={visit} now={now} zone={day.timezone} />
                        </Link>
                        {word === 'tablet.done' ? null : (
                          <button
                            type="button"
                            className={bigClasses(word === 'tablet.next' ? 'primary' : 'plain', 'w-24 flex-col')}
                            aria-label={t('tablet.clock.start.job', { car: carOf(visit) })}
                            onClick={(event) => clock.start(visit, event.currentTarget)}
                          >
                            <Play aria-hidden />
                            {t('tablet.clock.start')}
                          </button>
                        )}
                      </li>
                    ))}
                  </ul>
                </section>
              ),
            )}
          </div>
        </div>
      )}
      {clock.sheet}
    </Frame>
  );
}
