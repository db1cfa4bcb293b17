import { TriangleAlert } from 'lucide-react';
import { Button } from '@/components/ui/Button';
import { ErrorState } from '@/components/ui/ErrorState';
import '@/i18n/late/calendar';
import { t } from '@/i18n/t';
import { useLiveState } from '@/lib/events';
import { formatDay, formatTime } from '@/lib/time';
import { localDay } from './axis';
import { hourLabel } from './labels';
import type { View } from './range';
import { datesOf } from './range';

interface RangeNotesProps {
  view: View;
  date: string;
  zone: string;
  /** Loaded and nothing to show; or nothing but what the filter hides. */
  emptiness: 'empty' | 'filtered' | null;
  failure: { error: Error; at: number; isStale: boolean } | null;
  onRetry: () => void;
  onClearFilter: () => void;
}

const NOTE = 'flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-1.5';

/** What must be said about the range: it could not be refreshed, nothing is booked, the clocks change. */
export function RangeNotes({ view, date, zone, emptiness, failure, onRetry, onClearFilter }: RangeNotesProps) {
  const { mode } = useLiveState();
  const dates = datesOf(view, date);
  const [first = date] = dates;
  const last = dates.at(-1) ?? date;
  const change = view === 'month' ? null : (dates.map((one) => localDay(one, zone)).find((day) => day.change)?.change ?? null);
  return (
    <>
      {/* Offline is said once, by the shell's own bar. */}
      {failure?.isStale && mode !== 'offline' ? (
        <div role="alert" className={`${NOTE} bg-warning-soft text-warning`}>
          <TriangleAlert size={16} aria-hidden className="shrink-0" />
          <p>{t('calendar.stale', { time: formatTime(failure.at, zone) })}</p>
          <Button size="sm" onClick={onRetry}>
            {t('action.retry')}
          </Button>
        </div>
      ) : null}
      {failure && !failure.isStale ? (
        <div className="absolute inset-x-4 top-16 z-30 mx-auto max-w-lg rounded-panel border border-line bg-raised shadow-menu">
          <ErrorState error={failure.error} onRetry={onRetry} />
        </div>
      ) : null}
      {change ? (
        <p className={`${NOTE} bg-info-soft text-info`}>
          {change.shift < 0
            ? t('calendar.clockChange.back', { hour: hourLabel(change.minute + change.shift) })
            : t('calendar.clockChange.forward', { from: hourLabel(change.minute), to: hourLabel(change.minute + change.shift) })}
        </p>
      ) : null}
      {emptiness ? (
        <div className={`${NOTE} bg-surface`}>
          <p>
            <span className="font-semibold">{t('calendar.empty.title')}</span>{' '}
            <span className="text-muted">
              {emptiness === 'filtered'
                ? t('calendar.empty.filtered')
                : t(first === last ? 'calendar.empty.day' : 'calendar.empty.detail', { from: formatDay(first), to: formatDay(last) })}
            </span>
          </p>
          {emptiness === 'filtered' ? (
            <Button size="sm" onClick={onClearFilter}>
              {t('calendar.filter.clear')}
            </Button>
          ) : null}
        </div>
      ) : null}
    </>
  );
}
