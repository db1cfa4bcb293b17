import { Square } from 'lucide-react';
import { Button } from '@/components/ui/Button';
import '@/i18n/late/clocks';
import { t } from '@/i18n/t';
import { useNow } from '@/lib/now';
import { formatDateTime, formatTime, localDate } from '@/lib/time';
import type { VisitWork } from '@/types';
import { hoursText } from './hours';

interface PeopleProps {
  work: VisitWork;
  zone: string;
  canStop: (userId: string) => boolean;
  onStop: (timerId: string) => void;
}

/** Who worked on a visit, how long, and when; a clock that was forgotten can be stopped. */
export function People({ work, zone, canStop, onStop }: PeopleProps) {
  const now = useNow();
  const when = (instant: string): string => (localDate(instant, zone) === localDate(now, zone) ? formatTime(instant, zone) : formatDateTime(instant, zone, now));
  if (work.people.length === 0) return null;
  return (
    <ul role="list" aria-label={t('work.people')} className="flex flex-col">
      {work.people.map((person) => {
        const own = work.timers.filter((timer) => timer.userId === person.id);
        const running = own.find((timer) => timer.stoppedAt === null);
        return (
          <li key={person.id} className="flex flex-wrap items-start justify-between gap-2 border-t border-line py-2">
            <details className="min-w-0 flex-1">
              <summary className="min-h-9 cursor-pointer py-1.5 pointer-coarse:min-h-11">
                <span className="font-medium">{person.name}</span> <span className="tabular text-muted">{t('work.hours', { hours: hoursText(person.workedSeconds) })}</span>{' '}
                <span className="text-xs text-muted">{t('work.stretches', { count: own.length })}</span>
              </summary>
              <ul role="list" className="flex flex-col gap-0.5 pb-1 text-muted">
                {own.map((timer) => (
                  <li key={timer.id} className="tabular">
                    {timer.stoppedAt === null
                      ? t('work.stretch.running', { start: when(timer.startedAt) })
                      : t('work.stretch', { start: when(timer.startedAt), stop: when(timer.stoppedAt) })}
                    {timer.pauseReason ? ` · ${t(`work.reason.${timer.pauseReason}`)}` : ''}
                  </li>
                ))}
              </ul>
            </details>
            {running && canStop(person.id) ? (
              <Button icon={<Square size={16} aria-hidden />} aria-label={t('work.stop', { name: person.name })} onClick={() => onStop(running.id)}>
                {t('work.stop.short')}
              </Button>
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}
