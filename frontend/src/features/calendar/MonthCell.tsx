import { clsx } from 'clsx';
import type { FocusEvent, KeyboardEvent } from 'react';
import { memo } from 'react';
import { Skeleton } from '@/components/ui/Skeleton';
import '@/i18n/late/calendar';
import { t } from '@/i18n/t';
import { STATUS, STATUSES } from '@/lib/status';
import { formatLongDay } from '@/lib/time';
import type { Status } from '@/types';
import { localDay } from './axis';
import { useCalendar } from './CalendarContext';
import { eventLabel, eventName, shortTime, timeLabel, withoutYear } from './labels';
import { StatusGlyph } from './StatusGlyph';
import type { CalendarEvent } from './types';
import { isBlocking, isMovable } from './types';
import type { Planning } from './usePlanning';

interface MonthCellProps {
  date: string;
  place: 'today' | 'inside' | 'outside';
  events: CalendarEvent[];
  /** How many rows there is room for; 0 shows the count alone. */
  fits: number;
  /** Rows say `8a` instead of `8:00 AM`. */
  isTight: boolean;
  /** The day that the tab key reaches, and whose appointments it goes through. */
  isActive: boolean;
  planning: Planning | null;
  state: 'idle' | 'loading' | 'clashing';
  handlers: { onKeyDown: (event: KeyboardEvent<HTMLElement>) => void; onFocus: (event: FocusEvent<HTMLElement>) => void };
}

const PILL = Object.fromEntries(
  STATUSES.map((status) => [status, `inline-block size-4 shrink-0 rounded-chip p-0.5 align-[-3.5px] ${STATUS[status].pill}`]),
) as Record<Status, string>;

/** A day of the month: number, count, the first appointments, and how many more. */
export const MonthCell = memo(function MonthCell(props: MonthCellProps) {
  const { date, place, events, fits, isTight, isActive, planning, state, handlers } = props;
  const { location, canEdit, open, showDay } = useCalendar();
  const day = localDay(date, location.timezone);
  const shown = events.length > fits ? events.slice(0, Math.max(0, fits - 1)) : events;
  const rest = fits === 0 ? 0 : events.length - shown.length;
  const tabIndex = isActive ? 0 : -1;
  const states = fits > 0 ? [] : STATUSES.map((status) => ({ status, count: events.filter((event) => event.status === status).length })).filter(({ count }) => count > 0);
  return (
    <div
      role="gridcell"
      data-day={date}
      data-ground
      className={clsx(
        'flex min-h-0 min-w-0 flex-col gap-px overflow-clip border-l border-line p-1 first:border-l-0',
        place === 'outside' && 'bg-canvas',
        planning && (state === 'clashing' ? 'bg-danger-soft outline-2 -outline-offset-2 outline-danger' : 'bg-info-soft outline-2 -outline-offset-2 outline-primary'),
      )}
    >
      <button
        type="button"
        data-stop={date}
        tabIndex={tabIndex}
        aria-label={[
          t('calendar.month.day', { day: formatLongDay(date), jobs: t('calendar.count', { count: events.length }) }),
          ...states.map(({ status, count }) => t('calendar.month.state', { count: String(count), status: t(STATUS[status].word) })),
        ].join(', ')}
        aria-current={place === 'today' ? 'date' : undefined}
        onClick={() => showDay(date)}
        onKeyDown={handlers.onKeyDown}
        onFocus={handlers.onFocus}
        className={clsx(
          'flex min-h-6 shrink-0 pointer-coarse:pointer-events-none items-center gap-2 rounded-chip pr-1 text-left hover:bg-hover focus-visible:-outline-offset-2',
          fits === 0 && 'min-h-11 flex-1 flex-col justify-center gap-0.5 pr-0',
        )}
      >
        <span
          className={clsx(
            'tabular flex size-6 items-center justify-center rounded-full text-xs',
            place === 'today' ? 'bg-primary font-semibold text-on-primary' : place === 'outside' ? 'text-muted' : 'font-medium',
          )}
        >
          {Number(date.slice(8))}
        </span>
        {events.length && states.length !== 1 ? (
          <span className={clsx('tabular text-xs text-muted', fits === 0 ? 'rounded-full bg-sunken px-1.5' : 'ml-auto')}>{events.length}</span>
        ) : null}
        {states.length ? (
          <span className="flex max-w-full flex-wrap items-center justify-center gap-x-2 gap-y-0.5">
            {states.map(({ status, count }) => (
              <span key={status} className="tabular flex items-center gap-1 text-xs text-muted">
                <StatusGlyph status={status} className={PILL[status]} />
                {count}
              </span>
            ))}
          </span>
        ) : null}
      </button>
      {state === 'loading' && !events.length && fits > 0 ? <Skeleton className="mx-1 mt-1 h-4 opacity-60" /> : null}
      {fits === 0
        ? null
        : shown.map((event, row) => {
            const name = withoutYear(event.vehicle) ?? eventName(event);
            return (
              // A step gives the rows to other appointments: making some hundred anew is what took longest. No part of a row stands in a
              // box, a layer or a rounded cut of its own, each of which costs as much as the words.
              <button
                key={row}
                type="button"
                data-stop={event.id}
                data-event-box={event.id}
                tabIndex={tabIndex}
                aria-label={eventLabel(event, day)}
                title={eventName(event)}
                onClick={() => open(event.id)}
                onKeyDown={handlers.onKeyDown}
                onFocus={handlers.onFocus}
                className={clsx(
                  // A finger needs more room than a row has: there the whole day is the target, and shows the day.
                  'h-[23px] w-full shrink-0 overflow-clip pt-px text-left text-xs/[22px] font-medium text-ellipsis whitespace-nowrap select-none hover:rounded-chip hover:bg-hover focus-visible:rounded-chip focus-visible:-outline-offset-2 pointer-coarse:pointer-events-none',
                  !isTight && 'px-1',
                  canEdit && isMovable(event) && 'cursor-grab',
                  planning?.event.id === event.id && 'rounded-chip outline-2 -outline-offset-2 outline-line-strong outline-dashed',
                )}
              >
                <StatusGlyph status={event.status} className={PILL[event.status]} />
                <span className={clsx('tabular font-normal text-muted', isTight ? 'mx-1' : 'mx-1.5')}>
                  {event.start < day.start ? '…' : (isTight ? shortTime : timeLabel)(day, event.start)}
                </span>
                {isBlocking(event) ? name : <span className="line-through">{name}</span>}
              </button>
            );
          })}
      {rest > 0 ? (
        <button
          type="button"
          data-stop={`more:${date}`}
          tabIndex={tabIndex}
          aria-label={t('calendar.month.more.label', { count: rest, day: formatLongDay(date) })}
          onClick={() => showDay(date)}
          onFocus={handlers.onFocus}
          className="flex h-[23px] items-center pointer-coarse:pointer-events-none rounded-chip px-1 text-xs font-medium text-primary hover:bg-hover focus-visible:-outline-offset-2"
        >
          {t('calendar.month.more', { count: rest })}
        </button>
      ) : null}
    </div>
  );
});
