/** What a drag or a key makes of an appointment's time. Pure; minutes are those of the axis, instants milliseconds. */
import { MINUTE, addDays, localDate, localTime, toInstant } from '@/lib/time';
import type { Axis, LocalDay } from './axis';
import { instantAt, localDay, positionOf } from './axis';
import type { CalendarEvent, Plan } from './types';

export const SNAP = 15;

/** A column of the time grid, as far as planning goes. */
export interface PlanColumn {
  day: LocalDay;
  /** Undefined where columns are not technicians': the technician stays. */
  tech?: { id: string | null; name: string | null };
}

export interface Spot {
  column: PlanColumn;
  /** Axis minutes under the pointer. */
  minute: number;
}

function snap(minute: number): number {
  return Math.round(minute / SNAP) * SNAP;
}

export function planOf(event: CalendarEvent): Plan {
  return { start: event.start, end: event.end, techId: event.techId, techName: event.techName };
}

function withTech(column: PlanColumn, plan: Plan): Plan {
  return column.tech ? { ...plan, techId: column.tech.id, techName: column.tech.name } : plan;
}

/**
 * Moves by a drag from one spot to another. The length stays in real minutes, also over a clock change. Dragged only
 * sideways, an appointment keeps its minute; dragged up or down it comes to stand on a quarter of an hour.
 */
export function movedBy(event: CalendarEvent, axis: Axis, from: Spot, to: Spot): Plan {
  const { day } = from.column;
  const base =
    event.start >= day.start ? positionOf(axis, day, event.start) : -(day.start - event.start) / MINUTE;
  const by = snap(to.minute - from.minute);
  const minute = by === 0 ? base : snap(base + by);
  const target = to.column.day;
  const start = minute >= 0 ? instantAt(axis, target, Math.min(minute, axis.length - SNAP)) : target.start + minute * MINUTE;
  return withTech(to.column, { ...planOf(event), start, end: start + (event.end - event.start) });
}

/** Drags the end. It stays at least a quarter of an hour behind the start. */
export function resizedTo(event: CalendarEvent, axis: Axis, to: Spot): Plan {
  const end = instantAt(axis, to.column.day, snap(to.minute));
  return { ...planOf(event), end: Math.max(end, event.start + SNAP * MINUTE) };
}

/** Moves the start by a quarter of an hour: to the next or the last full quarter. */
export function nudged(plan: Plan, steps: number): Plan {
  const quarter = SNAP * MINUTE;
  const start = steps > 0 ? (Math.floor(plan.start / quarter) + steps) * quarter : (Math.ceil(plan.start / quarter) + steps) * quarter;
  return { ...plan, start, end: start + (plan.end - plan.start) };
}

/** Moves the end alone by a quarter of an hour, never before start + 15 min. */
export function stretched(plan: Plan, steps: number): Plan {
  const quarter = SNAP * MINUTE;
  const end = steps > 0 ? (Math.floor(plan.end / quarter) + steps) * quarter : (Math.ceil(plan.end / quarter) + steps) * quarter;
  return { ...plan, end: Math.max(end, plan.start + quarter) };
}

/** The same wall time some days away; in a missing hour the first instant behind it. The length stays. */
export function onDate(plan: Plan, date: string, zone: string): Plan {
  const start = Date.parse(toInstant(date, localTime(plan.start, zone), zone).instant) + (plan.start % MINUTE);
  return { ...plan, start, end: start + (plan.end - plan.start) };
}

export function onOtherDay(plan: Plan, days: number, zone: string): Plan {
  return onDate(plan, addDays(localDate(plan.start, zone), days), zone);
}

/** How a view understands the arrows while something is being moved. */
export interface KeyField {
  /** Left and right: to the next day, or to the next of these technicians. */
  technicians: readonly { id: string | null; name: string | null }[] | null;
  /** Up and down: by weeks instead of quarters of an hour. */
  isMonth: boolean;
  zone: string;
}

/** What an arrow makes of a plan; null when the key means nothing. */
export function byKey(plan: Plan, key: string, isShift: boolean, field: KeyField): Plan | null {
  const sign = key === 'ArrowDown' || key === 'ArrowRight' ? 1 : -1;
  if (key === 'ArrowUp' || key === 'ArrowDown') {
    if (isShift) return stretched(plan, sign);
    return field.isMonth ? onOtherDay(plan, 7 * sign, field.zone) : nudged(plan, sign);
  }
  if (key !== 'ArrowLeft' && key !== 'ArrowRight') return null;
  if (isShift) return stretched(plan, sign);
  if (!field.technicians) return onOtherDay(plan, sign, field.zone);
  const index = field.technicians.findIndex((one) => one.id === plan.techId);
  const next = field.technicians[Math.max(0, Math.min(field.technicians.length - 1, index + sign))];
  return next ? { ...plan, techId: next.id, techName: next.name } : plan;
}

export function isSamePlan(a: Plan, b: Plan): boolean {
  return a.start === b.start && a.end === b.end && a.techId === b.techId;
}

/** The day of the plan's start. */
export function dayOf(plan: Plan, zone: string): LocalDay {
  return localDay(localDate(plan.start, zone), zone);
}

/** Whether a plan begins and ends within the opening hours, which are wall minutes. */
export function isOpen({ start, end }: Plan, zone: string, opens: number, closes: number): boolean {
  return [start, end - 1].every((instant) => {
    const [hours = 0, minutes = 0] = localTime(instant, zone).split(':').map(Number);
    const minute = hours * 60 + minutes;
    return minute >= opens && minute < closes;
  });
}
