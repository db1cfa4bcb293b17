import type { FocusEvent, KeyboardEvent, MouseEvent } from 'react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { singleKeysEnabled } from '@/lib/hotkeys';
import type { Axis } from './axis';
import { instantAt, positionOf, wallPosition } from './axis';
import { useCalendar } from './CalendarContext';
import type { GridColumn } from './columns';
import type { Cursor } from './grid-keys';
import { SLOT, entrance, isGridKey, resolve, walk } from './grid-keys';
import { planOf, stretched } from './plan';
import type { StopHandlers } from './TimeColumn';
import type { Planner } from './usePlanning';

interface GridCursor {
  /** Where the tab key enters, and where focus stands when the grid has it. */
  cursor: Cursor | null;
  handlers: StopHandlers[];
  /** Puts the cursor on a free half hour; used by touch, where a first tap shows what a second one books. */
  point: (column: number, top: number) => void;
}

/** The time grid's keyboard: one tab stop, arrows inside, keys that act on what has focus. */
export function useGridCursor(columns: readonly GridColumn[], axis: Axis, planner: Planner, sendFocus: (stop: string) => void): GridCursor {
  const calendar = useCalendar();
  const [wanted, setWanted] = useState<Cursor | null>(null);
  const opens = wallPosition(axis, calendar.opens);
  const stops = useMemo(() => columns.map((column) => column.stops), [columns]);
  const cursor = useMemo(() => {
    const today = columns.findIndex((column) => column.day.date === calendar.today);
    return resolve(stops, wanted, entrance(stops, Math.max(0, today), opens));
  }, [columns, stops, wanted, opens, calendar.today]);

  const go = (next: Cursor): void => {
    setWanted(next);
    sendFocus(next.id);
  };
  const preset = (column: GridColumn, top: number) => ({
    start: instantAt(axis, column.day, top),
    end: instantAt(axis, column.day, top) + 2 * SLOT * 60_000,
    techId: column.tech?.id ?? null,
  });
  const act = (column: GridColumn, id: string): void => {
    if (id.startsWith('slot:')) {
      if (calendar.canEdit) calendar.create(preset(column, Number(id.slice(5))));
    } else if (id.startsWith('more:')) (column.tech ? calendar.showDay : calendar.showTechnicians)(column.day.date);
    else calendar.open(id);
  };
  const findEvent = (column: GridColumn, id: string) => column.events.find((event) => event.id === id);

  const onKeyDown = (key: KeyboardEvent<HTMLElement>): void => {
    const target = readStop(key.currentTarget);
    const column = columns[target.column];
    if (!column || key.ctrlKey || key.metaKey || key.altKey) return;
    const event = findEvent(column, target.id);
    const here = cursor?.id === target.id ? cursor : { ...target, top: stopTop(columns, target) };
    const letter = singleKeysEnabled() && !key.shiftKey ? key.key.toLowerCase() : '';
    if (key.shiftKey && (key.key === 'ArrowUp' || key.key === 'ArrowDown')) {
      if (!event || !calendar.canEdit) return;
      planner.begin(event, 'keys', stretched(planOf(event), key.key === 'ArrowDown' ? 1 : -1));
    } else if (isGridKey(key.key) && !key.shiftKey) {
      const result = walk(stops, here, key.key, opens);
      if (result && 'to' in result) go(result.to);
      else if (result) {
        go({ column: result.step > 0 ? 0 : columns.length - 1, id: '', top: result.top });
        calendar.step(result.step);
      }
    } else if (key.key === 'PageUp' || key.key === 'PageDown') {
      go({ column: here.column, id: '', top: here.top });
      calendar.step(key.key === 'PageDown' ? 1 : -1);
    } else if (letter === 'm' && event && calendar.canEdit) planner.begin(event, 'keys');
    else if (letter === 'e' && event) calendar.open(event.id);
    else if (letter === 'c' && calendar.canEdit) {
      calendar.create(preset(column, event ? positionOf(axis, column.day, event.start) : here.top));
    } else return;
    key.preventDefault();
  };

  const latest = useRef({ onKeyDown, act, columns });
  useEffect(() => {
    latest.current = { onKeyDown, act, columns };
  });
  const shared = useMemo(
    () => ({
      canEdit: calendar.canEdit,
      onKeyDown: (event: KeyboardEvent<HTMLElement>) => latest.current.onKeyDown(event),
      onClick: (event: MouseEvent<HTMLElement>) => {
        const { column, id } = readStop(event.currentTarget);
        const found = latest.current.columns[column];
        if (found) latest.current.act(found, id);
      },
      onFocus: (event: FocusEvent<HTMLElement>) => {
        const stop = readStop(event.currentTarget);
        setWanted((old) => (old?.id === stop.id && old.column === stop.column ? old : { ...stop, top: stopTop(latest.current.columns, stop) }));
      },
    }),
    [calendar.canEdit],
  );
  const count = columns.length;
  const handlers = useMemo(() => Array.from({ length: count }, (_, column) => ({ ...shared, column })), [shared, count]);
  const point = useCallback(
    (column: number, top: number): void => {
      const slot = Math.floor(top / SLOT) * SLOT;
      setWanted({ column, id: `slot:${slot}`, top: slot });
      sendFocus(`slot:${slot}`);
    },
    [sendFocus],
  );
  return { cursor, handlers, point };
}

function readStop(element: HTMLElement): Cursor {
  return { column: Number(element.dataset.column), id: element.dataset.stop ?? '', top: Number(element.dataset.top ?? 0) };
}

function stopTop(columns: readonly GridColumn[], stop: Cursor): number {
  return columns[stop.column]?.stops.find((one) => one.id === stop.id)?.top ?? stop.top;
}
