/**
 * Walking the grid by keyboard. A column is a list of stops from top to bottom: appointments, free half hours, and the signs
 * that stand for appointments without a lane. Pure: what the keys mean is decided and tested here.
 */
import type { Axis, Span } from './axis';
import type { ColumnLayout } from './layout';

export const SLOT = 30;

export interface Stop {
  /** The appointment's id, `more:…`, or `slot:` and the axis minute. */
  id: string;
  kind: 'event' | 'slot' | 'more';
  top: number;
  bottom: number;
  lane: number;
}

/** A column's stops: by time, then by lane. */
export function stopsOf({ placed, more }: ColumnLayout, axis: Axis, absent: readonly Span[] = []): Stop[] {
  const stops: Stop[] = placed.map(({ event, top, bottom, lane }) => ({ id: event.id, kind: 'event', top, bottom, lane }));
  for (const { id, top, bottom } of more) stops.push({ id, kind: 'more', top, bottom, lane: 99 });
  const taken = [...stops, ...absent.map(({ from, to }) => ({ top: from, bottom: to }))];
  for (let top = 0; top < axis.length; top += SLOT) {
    const bottom = top + SLOT;
    if (taken.some((one) => one.top < bottom && one.bottom > top)) continue;
    stops.push({ id: `slot:${top}`, kind: 'slot', top, bottom, lane: 0 });
  }
  return stops.sort((a, b) => a.top - b.top || a.lane - b.lane);
}

export interface Cursor {
  column: number;
  /** The stop's id, and where it was: the place stays when the stop is gone. */
  id: string;
  top: number;
}

/** What a key leads to: another stop, or the neighbouring range, entered at its near side. */
export type Walk = { to: Cursor } | { step: -1 | 1; top: number } | null;

/** The stop at or around a minute: one that covers it, appointments first, else the nearest. */
export function stopNear(stops: readonly Stop[], top: number): Stop | null {
  let best: Stop | null = null;
  let bestDistance = Infinity;
  for (const stop of stops) {
    const inside = stop.top <= top && stop.bottom > top;
    const distance = inside ? (stop.kind === 'slot' ? 0 : -1) : Math.min(Math.abs(stop.top - top), Math.abs(stop.bottom - top)) + 1;
    if (distance < bestDistance) {
      best = stop;
      bestDistance = distance;
    }
  }
  return best;
}

function cursorAt(column: number, stop: Stop, top = stop.top): Cursor {
  return { column, id: stop.id, top };
}

/** The cursor's stop in its column; when it is gone, what stands in its place now. */
export function resolve(columns: readonly (readonly Stop[])[], cursor: Cursor | null, start: Cursor): Cursor | null {
  const wanted = cursor ?? start;
  const own = columns[wanted.column]?.find((stop) => stop.id === wanted.id);
  if (own) return cursorAt(wanted.column, own, wanted.top);
  for (const [index, stops] of columns.entries()) {
    // An appointment may have gone to another column: the cursor follows it.
    const stop = stops.find((one) => one.id === wanted.id);
    if (stop && stop.kind !== 'slot') return cursorAt(index, stop, stop.top);
  }
  const column = Math.min(Math.max(wanted.column, 0), columns.length - 1);
  const near = stopNear(columns[column] ?? [], wanted.top);
  return near ? cursorAt(column, near) : null;
}

export type GridKey = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight' | 'Home' | 'End';

export function isGridKey(key: string): key is GridKey {
  return key === 'ArrowUp' || key === 'ArrowDown' || key === 'ArrowLeft' || key === 'ArrowRight' || key === 'Home' || key === 'End';
}

/** Where a key leads from a stop. Left and right go to the neighbouring lane first, then column, then range. */
export function walk(columns: readonly (readonly Stop[])[], cursor: Cursor, key: GridKey, opens: number): Walk {
  const stops = columns[cursor.column] ?? [];
  const index = stops.findIndex((stop) => stop.id === cursor.id);
  const here = stops[index];
  if (!here) return null;
  if (key === 'ArrowUp' || key === 'ArrowDown') {
    const next = stops[index + (key === 'ArrowDown' ? 1 : -1)];
    return next ? { to: cursorAt(cursor.column, next) } : null;
  }
  if (key === 'Home') {
    const first = stops.find((stop) => stop.kind !== 'slot') ?? stops.find((stop) => stop.top >= opens);
    return first ? { to: cursorAt(cursor.column, first) } : null;
  }
  if (key === 'End') {
    const last = [...stops].reverse().find((stop) => stop.kind !== 'slot') ?? stops.at(-1);
    return last ? { to: cursorAt(cursor.column, last) } : null;
  }
  const direction = key === 'ArrowRight' ? 1 : -1;
  // The time at which one walks sideways is kept, so that going there and back ends where it began.
  const top = Math.min(Math.max(cursor.top, here.top), here.bottom - 1);
  const beside = stops
    .filter((stop) => stop.top < here.bottom && stop.bottom > here.top && Math.sign(stop.lane - here.lane) === direction)
    .sort((a, b) => direction * (a.lane - b.lane) || Math.abs(a.top - top) - Math.abs(b.top - top))[0];
  if (beside) return { to: cursorAt(cursor.column, beside, Math.max(beside.top, Math.min(top, beside.bottom - 1))) };
  const column = cursor.column + direction;
  const target = columns[column];
  if (!target) return { step: direction, top };
  const candidates = target.filter((stop) => stop.kind !== 'slot' && stop.top <= top && stop.bottom > top);
  const stop = (direction > 0 ? candidates[0] : candidates.at(-1)) ?? stopNear(target, top);
  return stop ? { to: cursorAt(column, stop, top) } : null;
}

/** Where the tab key enters the grid: the first appointment from the opening hour on, else the opening hour, in the given column. */
export function entrance(columns: readonly (readonly Stop[])[], column: number, opens: number): Cursor {
  const stops = columns[column] ?? [];
  const stop = stops.find((one) => one.kind === 'event' && one.bottom > opens) ?? stopNear(stops, opens);
  return { column, id: stop?.id ?? '', top: stop?.top ?? opens };
}

/** Walking a month: days from left to right, weeks from top to bottom; over the edge the neighbouring month follows. */
export function walkDays(key: string): number | null {
  if (key === 'ArrowLeft') return -1;
  if (key === 'ArrowRight') return 1;
  if (key === 'ArrowUp') return -7;
  if (key === 'ArrowDown') return 7;
  return null;
}
