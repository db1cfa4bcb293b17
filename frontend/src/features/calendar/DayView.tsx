import { memo, useMemo } from 'react';
import '@/i18n/late/calendar';
import { t } from '@/i18n/t';
import { formatLongDay } from '@/lib/time';
import { useCalendar } from './CalendarContext';
import { bookedHours, dayColumns } from './columns';
import { TimeGrid } from './TimeGrid';
import type { ViewProps } from './view';

const WIDTHS = { column: 200, lane: 84 };

/** One day, all technicians together. */
export const DayView = memo(function DayView({ date, events, planner, isLoading }: ViewProps) {
  const { location } = useCalendar();
  const sources = useMemo(() => dayColumns([date], location.timezone, events), [date, location.timezone, events]);
  return (
    <TimeGrid
      range={formatLongDay(date)}
      sources={sources}
      widths={WIDTHS}
      planner={planner}
      isLoading={isLoading}
      head={({ day, events: all }) => (
        <p className="tabular flex h-9 items-center px-3 text-xs text-muted">
          {t('calendar.load', { jobs: t('calendar.count', { count: all.length }), hours: Math.round(bookedHours(all, day) * 10) / 10 })}
        </p>
      )}
    />
  );
});
