/**
 * The vertical axis of days, in the location's zone, right on the days when its clocks change.
 *
 * A day lasts 23, 24 or 25 hours (or 23.5 and 24.5 on Lord Howe Island). Rows are wall-clock hours. A repeated hour has its
 * own row; an hour that no shown day has gets none. When days with and without a change stand side by side, the rows are
 * those of all of them, and what a day lacks is reported by `missing`.
 */
import { DAY, MINUTE, addDays, toInstant, zoneOffset } from '@/lib/time';

/** Where the clocks jump. */
export interface ClockChange {
  /** The first instant with the new offset. */
  at: number;
  /** Wall minutes of the day just before: 120 for 2 AM. */
  minute: number;
  /** Minutes that the clocks jump: 60 forward, -60 back. */
  shift: number;
}

/** One local day of a location: the instants [start, end) in milliseconds. */
export interface LocalDay {
  date: string;
  zone: string;
  start: number;
  end: number;
  /** Wall minutes at `start`: 0, but 60 where the clocks go forward at midnight. */
  firstMinute: number;
  change: ClockChange | null;
}

export interface Span {
  from: number;
  to: number;
}

/** Minutes from the top; `skip` and `repeat` are wall minutes. */
export interface Axis {
  skip: Span | null;
  repeat: Span | null;
  length: number;
}

const DAY_MINUTES = 1440;
const known = new Map<string, LocalDay>();
const axes = new Map<string, Axis>();

function midnight(date: string, zone: string): number {
  return Date.parse(toInstant(date, '00:00', zone).instant);
}

/** The first minute in (low, high] with another offset than `low`. */
function findChange(low: number, high: number, zone: string): number {
  const before = zoneOffset(low, zone);
  let left = Math.floor(low / MINUTE);
  let right = Math.ceil(high / MINUTE);
  while (right - left > 1) {
    const middle = Math.floor((left + right) / 2);
    if (zoneOffset(middle * MINUTE, zone) === before) left = middle;
    else right = middle;
  }
  return right * MINUTE;
}

/** A local date as a day of instants. */
export function localDay(date: string, zone: string): LocalDay {
  const key = `${zone} ${date}`;
  const found = known.get(key);
  if (found) return found;
  const start = midnight(date, zone);
  const end = midnight(addDays(date, 1), zone);
  const before = zoneOffset(start, zone);
  const after = zoneOffset(end - MINUTE, zone);
  const firstMinute = (start - Date.parse(`${date}T00:00:00Z`)) / MINUTE + before;
  let change: ClockChange | null = null;
  if (before !== after) {
    const at = findChange(start, end - MINUTE, zone);
    change = { at, minute: firstMinute + (at - start) / MINUTE, shift: after - before };
  }
  const day = { date, zone, start, end, firstMinute, change };
  known.set(key, day);
  return day;
}

/** The wall minutes that a day does not have: clocks forward. */
function gapOf(day: LocalDay): Span | null {
  if (day.change && day.change.shift > 0) return { from: day.change.minute, to: day.change.minute + day.change.shift };
  return day.firstMinute > 0 ? { from: 0, to: day.firstMinute } : null;
}

/** The wall minutes that a day has twice: clocks back. */
export function foldOf(day: LocalDay): Span | null {
  if (!day.change || day.change.shift >= 0) return null;
  return { from: day.change.minute + day.change.shift, to: day.change.minute };
}

/** The rows for days side by side. */
export function axisOf(days: readonly LocalDay[]): Axis {
  const gaps = days.map(gapOf);
  const first = gaps[0] ?? null;
  const skip = first && gaps.every((gap) => gap?.from === first.from && gap.to === first.to) ? first : null;
  const repeat = days.map(foldOf).find((fold) => fold !== null) ?? null;
  const length = DAY_MINUTES - (skip ? skip.to - skip.from : 0) + (repeat ? repeat.to - repeat.from : 0);
  // Nearly all ranges have the same rows: as the same object, they are drawn once.
  const key = [skip?.from, skip?.to, repeat?.from, repeat?.to].join();
  const axis = axes.get(key) ?? { skip, repeat, length };
  axes.set(key, axis);
  return axis;
}

/** The wall minute of an instant in its day, and whether that minute comes for the second time. */
export function wallMinute(day: LocalDay, instant: number): { minute: number; isRepeated: boolean } {
  const minute = day.firstMinute + (instant - day.start) / MINUTE;
  if (!day.change || instant < day.change.at) return { minute, isRepeated: false };
  const shifted = minute + day.change.shift;
  return { minute: shifted, isRepeated: day.change.shift < 0 && shifted < day.change.minute };
}

function minuteToAxis(axis: Axis, minute: number, isRepeated: boolean): number {
  let position = minute;
  if (axis.skip && minute >= axis.skip.to) position -= axis.skip.to - axis.skip.from;
  if (axis.repeat && (isRepeated || minute >= axis.repeat.to)) position += axis.repeat.to - axis.repeat.from;
  return position;
}

/** Where an instant of the day stands, in minutes from the top; instants outside the day are cut to its ends. */
export function positionOf(axis: Axis, day: LocalDay, instant: number): number {
  if (instant >= day.end) return axis.length;
  const { minute, isRepeated } = wallMinute(day, Math.max(instant, day.start));
  return minuteToAxis(axis, minute, isRepeated);
}

/** Where a wall minute stands that is not of one day, such as the opening time. */
export function wallPosition(axis: Axis, minute: number): number {
  return Math.min(axis.length, minuteToAxis(axis, minute, false));
}

/** The instant at a place of the axis. A place that the day does not have means the first instant behind it. */
export function instantAt(axis: Axis, day: LocalDay, position: number): number {
  let minute = Math.max(0, Math.min(position, axis.length));
  let isRepeated = false;
  if (axis.repeat) {
    const length = axis.repeat.to - axis.repeat.from;
    if (minute >= axis.repeat.to) {
      isRepeated = minute < axis.repeat.to + length;
      minute -= length;
    }
  }
  if (axis.skip && minute >= axis.skip.from) minute += axis.skip.to - axis.skip.from;

  const { change } = day;
  if (change && change.shift < 0 && (isRepeated || minute >= change.minute)) {
    return change.at + (minute - change.minute - change.shift) * MINUTE;
  }
  // The second time of an hour that this day has only once.
  if (isRepeated && axis.repeat) minute = axis.repeat.to;
  if (change && change.shift > 0 && minute >= change.minute) {
    return change.at + Math.max(0, minute - change.minute - change.shift) * MINUTE;
  }
  return day.start + Math.max(0, minute - day.firstMinute) * MINUTE;
}

/** The parts of the axis that the day does not have. */
export function missing(axis: Axis, day: LocalDay): Span[] {
  const spans: Span[] = [];
  const gap = gapOf(day);
  if (gap && !axis.skip) spans.push({ from: minuteToAxis(axis, gap.from, false), to: minuteToAxis(axis, gap.to, false) });
  if (axis.repeat && !foldOf(day)) spans.push({ from: axis.repeat.to, to: axis.repeat.to + axis.repeat.to - axis.repeat.from });
  return spans;
}

export interface HourRow {
  position: number;
  /** Wall minutes. */
  minute: number;
  /** Which of the two when the hour comes twice. */
  isRepeated: boolean;
  /** Minutes until the next row. */
  length: number;
}

/** The rows, top to bottom: each full hour, and where an hour begins again. */
export function hourRows(axis: Axis): HourRow[] {
  const rows: Omit<HourRow, 'length'>[] = [];
  for (let minute = 0; minute < DAY_MINUTES; minute += 60) {
    if (axis.skip && minute >= axis.skip.from && minute < axis.skip.to) continue;
    rows.push({ position: minuteToAxis(axis, minute, false), minute, isRepeated: false });
  }
  if (axis.repeat) rows.push({ position: axis.repeat.to, minute: axis.repeat.from, isRepeated: true });
  rows.sort((a, b) => a.position - b.position);
  return rows.map((row, index) => ({ ...row, length: (rows[index + 1]?.position ?? axis.length) - row.position }));
}

/** Whether an instant is inside the day. */
export function isWithin(day: LocalDay, instant: number): boolean {
  return instant >= day.start && instant < day.end;
}

/** Hours that a day lasts. */
export function hoursOf(day: LocalDay): number {
  return ((day.end - day.start) / DAY) * 24;
}
