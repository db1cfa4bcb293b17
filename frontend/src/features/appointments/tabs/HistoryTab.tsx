import { useQuery } from '@tanstack/react-query';
import { History } from 'lucide-react';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorState } from '@/components/ui/ErrorState';
import { SkeletonLines } from '@/components/ui/Skeleton';
import '@/i18n/late/history';
import { t, wordFor } from '@/i18n/t';
import { historyQuery } from '@/lib/data/appointments';
import { usePollInterval } from '@/lib/events';
import { formatRelativeDay, formatTime, localDate } from '@/lib/time';
import { useNow } from '@/lib/now';
import { useEdit } from '../EditContext';
import { historyWords } from '../history-words';

/** Who did what and when, newest first, by day. */
export function HistoryTab() {
  const { data, zone } = useEdit();
  const today = localDate(useNow(), zone);
  const poll = usePollInterval(5_000);
  const { data: told, isPlaceholderData, error, refetch } = useQuery({
    ...historyQuery(data.appointment.id),
    refetchInterval: poll,
    // What the drawer knows of the visit itself stands there at once.
    placeholderData: () => (data.history.length > 0 ? { changes: data.history } : undefined),
  });
  if (!told && error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!told) {
    return (
      <div className="p-4">
        <SkeletonLines lines={6} label={t('drawer.loading')} />
      </div>
    );
  }
  const history = told.changes;
  if (history.length === 0) return <EmptyState icon={History} title={t('history.empty.title')} />;
  const days = [...new Set(history.map((entry) => localDate(entry.at, zone)))];
  return (
    <div className="px-4 py-4">
      {days.map((day) => (
        <section key={day} className="mb-5">
          <h3 className="mb-2 text-xs font-semibold text-muted">{formatRelativeDay(day, today)}</h3>
          <ol role="list" className="flex flex-col gap-3 border-l border-line pl-4">
            {history
              .filter((entry) => localDate(entry.at, zone) === day)
              .map((entry) => {
                const { did, lines } = historyWords(entry, { zone, currency: data.appointment.location.currency });
                const role = wordFor(`role.${entry.actorRole ?? ''}`);
                return (
                  <li key={entry.id} className="relative">
                    <span aria-hidden className="absolute top-1.5 -left-[21px] size-2 rounded-full border border-line-strong bg-surface" />
                    <p>
                      <span className="font-medium">{entry.actorName ?? wordFor(`history.actor.${entry.actorKind}`) ?? t('history.system')}</span>{' '}
                      {role ? <span className="text-xs text-muted">{role} </span> : null}
                      {did}
                      <time dateTime={entry.at} className="tabular ml-2 text-xs whitespace-nowrap text-muted">
                        {formatTime(entry.at, zone)}
                      </time>
                    </p>
                    {lines.length > 0 ? (
                      <ul role="list" className="text-muted">
                        {lines.map((line) => (
                          <li key={line} className="break-words">
                            {line}
                          </li>
                        ))}
                      </ul>
                    ) : null}
                  </li>
                );
              })}
          </ol>
        </section>
      ))}
      {isPlaceholderData ? <SkeletonLines lines={3} label={t('drawer.loading')} /> : null}
      {history.length >= 100 ? <p className="text-xs text-muted">{t('history.newest')}</p> : null}
    </div>
  );
}
