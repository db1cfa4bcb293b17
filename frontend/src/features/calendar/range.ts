/** Which days a view shows, how it steps, and which weeks of data that takes. Dates are local; no zone is involved. */
import { addDays, daysBetween, isDate } from '@/lib/time';

export const VIEWS = ['day', 'week', 'month', 'technicians'] as const;
export type View = (typeof VIEWS)[number];

export function asView(text: string | null | undefined): View | null {
  return VIEWS.find((view) => view === text) ?? null;
}

export function asDate(text: string | null | undefined): string | null {
  return isDate(text) ? text : null;
}

/** 0 is Sunday, where weeks begin in the catalogue's locale. */
export const FIRST_WEEKDAY = 0;
const WEEK = 7;

export function weekday(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay();
}

export function weekStart(date: string): string {
  return addDays(date, -((weekday(date) - FIRST_WEEKDAY + WEEK) % WEEK));
}

export function monthStart(date: string): string {
  return `${date.slice(0, 7)}-01`;
}

function monthLength(first: string): number {
  const at = new Date(`${first}T00:00:00Z`);
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
}

/** The same day some months away; the last day of a shorter month. */
export function addMonths(date: string, months: number): string {
  const at = new Date(`${monthStart(date)}T00:00:00Z`);
  at.setUTCMonth(at.getUTCMonth() + months);
  const first = at.toISOString().slice(0, 10);
  return addDays(first, Math.min(Number(date.slice(8)), monthLength(first)) - 1);
}

function run(from: string, days: number): string[] {
  return Array.from({ length: days }, (_, index) => addDays(from, index));
}

const ranges = new Map<string, readonly string[]>();
/** The shown dates in order: one day, a week, or the whole weeks that a month touches. The same list each time it is asked for. */
export function datesOf(view: View, date: string): readonly string[] {
  const first = view === 'month' ? monthStart(date) : view === 'week' ? weekStart(date) : date;
  const key = view === 'technicians' ? `day ${first}` : `${view} ${first}`;
  let dates = ranges.get(key);
  if (!dates) {
    if (view === 'month') {
      const from = weekStart(first);
      const to = addDays(weekStart(addDays(first, monthLength(first) - 1)), WEEK - 1);
      dates = run(from, daysBetween(from, to) + 1);
    } else dates = run(first, view === 'week' ? WEEK : 1);
    ranges.set(key, dates);
  }
  return dates;
}

/** The date some steps on, in steps of the view. */
export function step(view: View, date: string, steps: number): string {
  if (view === 'month') return addMonths(date, steps);
  return addDays(date, view === 'week' ? WEEK * steps : steps);
}

/** The weeks (by first day) that hold the dates: the unit in which appointments are fetched and kept. */
export function weeksOf(dates: readonly string[]): string[] {
  return [...new Set(dates.map(weekStart))];
}

export function weekDates(start: string): string[] {
  return run(start, WEEK);
}
