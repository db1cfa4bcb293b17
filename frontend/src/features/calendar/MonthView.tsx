import type { FocusEvent, KeyboardEvent } from 'react';
import { memo, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import '@/i18n/late/calendar';
import { t } from '@/i18n/t';
import { singleKeysEnabled } from '@/lib/hotkeys';
import { useCoarsePointer } from '@/lib/media';
import { useSize } from '@/lib/size';
import { addDays, daysBetween, localDate } from '@/lib/time';
import { localDay } from './axis';
import { useCalendar } from './CalendarContext';
import { walkDays } from './grid-keys';
import { rangeTitle, weekdayLabel } from './labels';
import { eventsOn } from './layout';
import { MonthCell } from './MonthCell';
import { onOtherDay, planOf } from './plan';
import { datesOf } from './range';
import type { CalendarEvent } from './types';
import { useDrag } from './useDrag';
import { useKeptFocus } from './useKeptFocus';
import type { ViewProps } from './view';

const HEAD = 32;
const ROW = 24;
const WEEK = 7;
/** Pixels of a day under which its rows have room for short times alone. */
const TIGHT = 170;

/** A month in weeks: each day with its count and its first appointments. */
export const MonthView = memo(function MonthView({ date, today, events, planner, isLoading }: ViewProps) {
  const calendar = useCalendar();
  const zone = calendar.location.timezone;
  const surface = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(surface);
  const dates = useMemo(() => datesOf('month', date), [date]);
  const weeks = dates.length / WEEK;
  const isCoarse = useCoarsePointer();
  // A finger takes the whole day anyway: there rows give way to counts before they are cut to a letter.
  const isNarrow = width > 0 && width < (isCoarse ? 800 : 560);
  const isTight = width > 0 && width / WEEK < TIGHT;
  const fits = isNarrow ? 0 : Math.max(1, Math.floor((height / weeks - HEAD - 4) / ROW));
  const sendFocus = useKeptFocus(surface, planner.planning);

  const [wanted, setWanted] = useState<string | null>(null);
  const active = wanted && dates.includes(wanted) ? wanted : dates.includes(today) && today.slice(0, 7) === date.slice(0, 7) ? today : date;
  const byDate = useMemo(() => new Map(dates.map((one) => [one, eventsOn(events, localDay(one, zone))])), [dates, events, zone]);

  const dragged = useRef<{ event: CalendarEvent; from: string } | null>(null);
  const locate = useCallback((x: number, y: number): string | null => {
    for (const cell of surface.current?.querySelectorAll<HTMLElement>('[data-day]') ?? []) {
      const box = cell.getBoundingClientRect();
      if (x >= box.left && x < box.right && y >= box.top && y < box.bottom) return cell.dataset.day ?? null;
    }
    return null;
  }, []);
  useDrag<string>(surface, surface, {
    locate,
    onBegin: (id, _, from) => {
      const event = events.find((one) => one.id === id);
      if (!event || !planner.begin(event, 'pointer')) return false;
      dragged.current = { event, from };
      return true;
    },
    onDrag: (to) => {
      const held = dragged.current;
      if (held) planner.change(onOtherDay(planOf(held.event), daysBetween(held.from, to), zone));
    },
    onDrop: planner.commit,
    onCancel: planner.cancel,
    onGround: calendar.showDay,
  });

  const onKeyDown = (key: KeyboardEvent<HTMLElement>): void => {
    if (key.ctrlKey || key.metaKey || key.altKey) return;
    const day = key.currentTarget.closest<HTMLElement>('[data-day]')?.dataset.day ?? active;
    const event = events.find((one) => one.id === key.currentTarget.dataset.stop);
    const days = key.shiftKey ? null : walkDays(key.key);
    const letter = singleKeysEnabled() && !key.shiftKey ? key.key.toLowerCase() : '';
    if (days !== null) {
      const next = addDays(day, days);
      setWanted(next);
      sendFocus(next);
      if (!dates.includes(next)) calendar.step(days > 0 ? 1 : -1);
    } else if (key.key === 'PageUp' || key.key === 'PageDown') {
      sendFocus(day);
      calendar.step(key.key === 'PageDown' ? 1 : -1);
    } else if (letter === 'm' && event && calendar.canEdit) planner.begin(event, 'keys');
    else if (letter === 'e' && event) calendar.open(event.id);
    else if (letter === 'c' && calendar.canEdit) {
      const start = localDay(day, zone).start + calendar.opens * 60_000;
      calendar.create({ start, end: start + 3_600_000, techId: null });
    } else return;
    key.preventDefault();
  };
  const onFocus = (focus: FocusEvent<HTMLElement>): void => {
    const day = focus.currentTarget.closest<HTMLElement>('[data-day]')?.dataset.day;
    if (day) setWanted(day);
  };
  const latest = useRef({ onKeyDown, onFocus });
  useEffect(() => {
    latest.current = { onKeyDown, onFocus };
  });
  const handlers = useMemo(
    () => ({
      onKeyDown: (event: KeyboardEvent<HTMLElement>) => latest.current.onKeyDown(event),
      onFocus: (event: FocusEvent<HTMLElement>) => latest.current.onFocus(event),
    }),
    [],
  );

  const { planning, clashes } = planner;
  const planDate = planning ? localDate(planning.plan.start, zone) : null;
  return (
    <div className="flex min-h-0 flex-1 flex-col bg-surface">
      <div aria-hidden className="grid shrink-0 grid-cols-7 border-b border-line">
        {dates.slice(0, WEEK).map((one) => (
          <span key={one} className="truncate px-2 py-1.5 text-xs text-muted">
            {weekdayLabel(one)}
          </span>
        ))}
      </div>
      <div
        ref={surface}
        role="grid"
        aria-label={t('calendar.month.grid', { range: rangeTitle('month', date) })}
        aria-readonly={!calendar.canEdit}
        aria-busy={isLoading}
        className="flex min-h-0 flex-1 flex-col overflow-y-auto"
      >
        {Array.from({ length: weeks }, (_, week) => (
          <div key={week} role="row" className="grid min-h-16 flex-1 grid-cols-7 border-b border-line last:border-b-0">
            {dates.slice(week * WEEK, week * WEEK + WEEK).map((one, weekday) => (
              <MonthCell
                // By place: another month is written into the same cells.
                key={weekday}
                date={one}
                place={one === today ? 'today' : one.slice(0, 7) === date.slice(0, 7) ? 'inside' : 'outside'}
                events={byDate.get(one) ?? NONE}
                fits={fits}
                isTight={isTight}
                isActive={one === active}
                planning={one === planDate ? planning : null}
                state={isLoading ? 'loading' : one === planDate && clashes.length > 0 ? 'clashing' : 'idle'}
                handlers={handlers}
              />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
});

const NONE: CalendarEvent[] = [];
