import { clsx } from 'clsx';
import { memo, useMemo } from 'react';
import '@/i18n/late/calendar';
import { t } from '@/i18n/t';
import { formatLongDay } from '@/lib/time';
import { useCalendar } from './CalendarContext';
import { dayColumns } from './columns';
import { rangeTitle, weekdayLabel } from './labels';
import { datesOf } from './range';
import { TimeGrid } from './TimeGrid';
import type { ViewProps } from './view';

const WIDTHS = { column: 92, lane: 64 };

/** Seven days side by side. A day's head leads to the day. */
export const WeekView = memo(function WeekView({ date, today, events, planner, isLoading }: ViewProps) {
  const { location, showDay } = useCalendar();
  const sources = useMemo(() => dayColumns(datesOf('week', date), location.timezone, events), [date, location.timezone, events]);
  return (
    <TimeGrid
      range={rangeTitle('week', date)}
      sources={sources}
      widths={WIDTHS}
      planner={planner}
      isLoading={isLoading}
      head={({ day, events: all }) => {
        const isToday = day.date === today;
        return (
          <button
            type="button"
            aria-label={t('calendar.column', { name: formatLongDay(day.date), jobs: t('calendar.count', { count: all.length }) })}
            aria-current={isToday ? 'date' : undefined}
            onClick={() => showDay(day.date)}
            className="flex h-12 w-full min-w-0 items-center gap-1.5 px-2 hover:bg-hover focus-visible:-outline-offset-2"
          >
            <span className={clsx('text-xs', isToday ? 'font-semibold text-primary' : 'text-muted')}>{weekdayLabel(day.date)}</span>
            <span
              className={clsx(
                'tabular flex h-7 min-w-7 items-center justify-center rounded-full px-1 text-base font-semibold',
                isToday && 'bg-primary text-on-primary',
              )}
            >
              {Number(day.date.slice(8))}
            </span>
            <span className="tabular ml-auto text-xs text-muted max-md:hidden">{all.length || ''}</span>
          </button>
        );
      }}
    />
  );
});
