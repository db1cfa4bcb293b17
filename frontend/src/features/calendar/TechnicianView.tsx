import { memo, useMemo } from 'react';
import '@/i18n/late/calendar';
import { t } from '@/i18n/t';
import { initials } from '@/lib/names';
import { formatLongDay } from '@/lib/time';
import type { Person } from '@/types';
import { useCalendar } from './CalendarContext';
import { bookedHours, technicianColumns } from './columns';
import { TimeGrid } from './TimeGrid';
import type { ViewProps } from './view';

const WIDTHS = { column: 128, lane: 40 };

interface TechnicianViewProps extends ViewProps {
  technicians: readonly Person[];
  /** Only this column: a technician's id, or `none`. */
  only: string | null;
}

/** One day, a column for each technician and one for what nobody has yet. */
export const TechnicianView = memo(function TechnicianView({ date, events, planner, isLoading, technicians, only }: TechnicianViewProps) {
  const { location } = useCalendar();
  const sources = useMemo(
    () => technicianColumns(date, location.timezone, events, technicians, only),
    [date, location.timezone, events, technicians, only],
  );
  return (
    <TimeGrid
      range={formatLongDay(date)}
      sources={sources}
      widths={WIDTHS}
      planner={planner}
      isLoading={isLoading}
      head={({ day, tech, events: all }) => (
        <div className="flex h-14 min-w-0 items-center gap-2 px-2">
          <span
            aria-hidden
            className="flex size-8 shrink-0 items-center justify-center rounded-full bg-sunken text-xs font-semibold text-muted max-lg:hidden"
          >
            {tech?.name ? initials(tech.name) : '–'}
          </span>
          <p className="min-w-0">
            <span className="block truncate font-semibold">{tech?.name ?? t('calendar.unassigned')}</span>
            <span className="tabular block truncate text-xs text-muted">
              {t('calendar.load', { jobs: t('calendar.count.short', { count: all.length }), hours: Math.round(bookedHours(all, day) * 10) / 10 })}
            </span>
          </p>
        </div>
      )}
    />
  );
});
