/** Where appointments stand in a column: top, height and lane. Pure, so that overlaps and days of 23 and 25 hours can be tested. */
import type { Axis, LocalDay } from './axis';
import { isWithin, positionOf, wallPosition } from './axis';
import type { CalendarEvent } from './types';

export interface Placed {
  event: CalendarEvent;
  /** Axis minutes. */
  top: number;
  bottom: number;
  /** 0-based lane of `lanes`; it covers `span` of them. */
  lane: number;
  lanes: number;
  span: number;
  /** The appointment began on an earlier day or goes on in the next. */
  startsBefore: boolean;
  endsAfter: boolean;
}

/** Appointments that found no lane, told together. */
export interface More {
  id: string;
  top: number;
  bottom: number;
  events: CalendarEvent[];
}

export interface ColumnLayout {
  placed: Placed[];
  more: More[];
}

export interface LayoutOptions {
  /** Shorter ones are drawn this long, in minutes, so that they can be read and hit. */
  leastMinutes: number;
  /** As many stand side by side at most. */
  mostLanes: number;
}

/** The appointments that any part of the day has. */
export function eventsOn(events: readonly CalendarEvent[], day: LocalDay): CalendarEvent[] {
  return events.filter((event) => event.start < day.end && event.end > day.start);
}

/** Places a day's appointments: those that overlap share the width, each as wide as its neighbours allow. */
export function layoutColumn(
  events: readonly CalendarEvent[],
  day: LocalDay,
  axis: Axis,
  { leastMinutes, mostLanes }: LayoutOptions,
): ColumnLayout {
  const items = events
    .map((event): Placed => {
      const top = Math.min(positionOf(axis, day, event.start), axis.length - leastMinutes);
      return {
        event,
        top,
        bottom: Math.max(positionOf(axis, day, event.end), top + leastMinutes),
        lane: 0,
        lanes: 1,
        span: 1,
        startsBefore: event.start < day.start,
        endsAfter: event.end > day.end,
      };
    })
    .sort((a, b) => a.top - b.top || b.bottom - a.bottom || a.event.number - b.event.number);

  const placed: Placed[] = [];
  const crowded: Placed[] = [];
  let cluster: Placed[] = [];
  let ends: number[] = [];
  let reach = -Infinity;

  const close = (): void => {
    const lanes = ends.length;
    for (const item of cluster) {
      item.lanes = lanes;
      item.span = spanOf(item, cluster, lanes);
    }
    placed.push(...cluster);
    cluster = [];
    ends = [];
  };
  for (const item of items) {
    if (item.top >= reach) close();
    reach = Math.max(reach, item.bottom);
    const free = ends.findIndex((end) => end <= item.top);
    const lane = free === -1 ? ends.length : free;
    if (lane >= mostLanes) {
      crowded.push(item);
      continue;
    }
    ends[lane] = item.bottom;
    item.lane = lane;
    cluster.push(item);
  }
  close();
  return { placed, more: gather(crowded) };
}

/** How many lanes to its right are free for as long as it lasts. */
function spanOf(item: Placed, cluster: readonly Placed[], lanes: number): number {
  let span = 1;
  while (
    item.lane + span < lanes &&
    !cluster.some((other) => other.lane === item.lane + span && other.top < item.bottom && other.bottom > item.top)
  ) {
    span += 1;
  }
  return span;
}

/**
 * The axis minute that is first at the top: a lead above the opening, above the first appointment that begins in the days, and
 * above the present on today, whichever comes first.
 */
export function firstSight(
  axis: Axis,
  columns: readonly { day: LocalDay; events: readonly CalendarEvent[] }[],
  { opens, now, lead }: { opens: number; now: number; lead: number },
): number {
  const places = [wallPosition(axis, opens)];
  for (const { day, events } of columns) {
    if (isWithin(day, now)) places.push(positionOf(axis, day, now));
    for (const { start } of events) if (isWithin(day, start)) places.push(positionOf(axis, day, start));
  }
  return Math.max(0, Math.min(...places) - lead);
}

function gather(crowded: readonly Placed[]): More[] {
  const more: More[] = [];
  for (const item of crowded) {
    const last = more.at(-1);
    if (last && item.top < last.bottom) {
      last.bottom = Math.max(last.bottom, item.bottom);
      last.events.push(item.event);
    } else more.push({ id: `more:${item.event.id}`, top: item.top, bottom: item.bottom, events: [item.event] });
  }
  return more;
}
