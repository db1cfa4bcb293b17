/** What the time grid draws: its columns with their appointments laid out and their stops for the keyboard. */
import type { Person } from '@/types';
import type { Axis, LocalDay, Span } from './axis';
import { axisOf, localDay, missing } from './axis';
import type { Stop } from './grid-keys';
import { stopsOf } from './grid-keys';
import type { ColumnLayout, LayoutOptions } from './layout';
import { eventsOn, layoutColumn } from './layout';
import type { PlanColumn } from './plan';
import type { CalendarEvent, Plan } from './types';
import { isBlocking } from './types';

/** A column before it is laid out. */
export interface ColumnSource extends PlanColumn {
  key: string;
  events: CalendarEvent[];
}

export interface GridColumn extends ColumnSource {
  layout: ColumnLayout;
  stops: Stop[];
  /** Parts of the axis that the day does not have. */
  absent: Span[];
}

export function dayColumns(dates: readonly string[], zone: string, events: readonly CalendarEvent[]): ColumnSource[] {
  return dates.map((date) => {
    const day = localDay(date, zone);
    return { key: date, day, events: eventsOn(events, day) };
  });
}

/** Unassigned first, then the technicians by name, then those with appointments who are not on the list any more. */
export function technicianColumns(
  date: string,
  zone: string,
  events: readonly CalendarEvent[],
  technicians: readonly Pick<Person, 'id' | 'name'>[],
  only: string | null,
): ColumnSource[] {
  const day = localDay(date, zone);
  const today = eventsOn(events, day);
  const names = new Map(technicians.map((one) => [one.id, one.name]));
  for (const event of today) {
    if (event.techId && !names.has(event.techId)) names.set(event.techId, event.techName ?? '');
  }
  const columns: ColumnSource[] = [null, ...names.keys()].map((id) => ({
    key: id ?? 'none',
    day,
    tech: { id, name: id ? (names.get(id) ?? null) : null },
    events: today.filter((event) => event.techId === id),
  }));
  return only === null ? columns : columns.filter((column) => column.key === only);
}

export function layOut(sources: readonly ColumnSource[], options: LayoutOptions): { axis: Axis; columns: GridColumn[] } {
  const axis = axisOf(sources.map((source) => source.day));
  const columns = sources.map((source): GridColumn => {
    const layout = layoutColumn(source.events, source.day, axis, options);
    const absent = missing(axis, source.day);
    return { ...source, layout, absent, stops: stopsOf(layout, axis, absent) };
  });
  return { axis, columns };
}

/** Whether a plan would stand in the column. */
export function showsPlan(column: PlanColumn, plan: Plan): boolean {
  if (column.tech && column.tech.id !== plan.techId) return false;
  return plan.start < column.day.end && plan.end > column.day.start;
}

/** Hours of a day that appointments take. */
export function bookedHours(events: readonly CalendarEvent[], day: LocalDay): number {
  let booked = 0;
  for (const event of events) {
    if (isBlocking(event)) booked += Math.min(event.end, day.end) - Math.max(event.start, day.start);
  }
  return booked / 3_600_000;
}

/** How many appointments any of the dates has. */
export function countOn(dates: readonly string[], zone: string, events: readonly CalendarEvent[]): number {
  const [first, last] = [dates[0], dates.at(-1)];
  if (!first || !last) return 0;
  const { start } = localDay(first, zone);
  const { end } = localDay(last, zone);
  return events.filter((event) => event.start < end && event.end > start).length;
}
