/** Dates and times in words, in the location's zone. Formatters are made once. */
import '@/i18n/late/calendar';
import { LOCALE, t } from '@/i18n/t';
import { DAY, MINUTE, formatDay, formatLongDay, localDate, zoneName } from '@/lib/time';
import type { LocalDay } from './axis';
import { foldOf, localDay, wallMinute } from './axis';
import type { View } from './range';
import { datesOf } from './range';
import type { CalendarEvent, Clash, Plan } from './types';
import { STATUS } from '@/lib/status';

const utc = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: 'UTC' });
const clock = utc({ hour: 'numeric', minute: '2-digit' });
const hour = utc({ hour: 'numeric' });
const month = utc({ month: 'long', year: 'numeric' });
const span = utc({ month: 'short', day: 'numeric', year: 'numeric' });
const shortWeekday = utc({ weekday: 'short' });
const longWeekday = utc({ weekday: 'long' });

const at = (date: string): number => Date.parse(`${date}T00:00:00Z`);

/** A few hundred minutes of the day occur at all: formatting each once keeps stepping through weeks cheap. */
const clocks = new Map<number, string>();
export function clockLabel(minute: number): string {
  let label = clocks.get(minute);
  if (label === undefined) {
    label = clock.format(minute * MINUTE);
    clocks.set(minute, label);
  }
  return label;
}

const shorts = new Map<number, string>();
/** `8a`, `12:30p`: the same as short as shops write it, where the language halves the day. */
function shortClock(minute: number): string {
  let label = shorts.get(minute);
  if (label === undefined) {
    const parts = clock.formatToParts(minute * MINUTE);
    const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((one) => one.type === type)?.value ?? '';
    const half = part('dayPeriod');
    label = half ? `${part('hour')}${minute % 60 ? `:${part('minute')}` : ''}${half.charAt(0).toLowerCase()}` : clockLabel(minute);
    shorts.set(minute, label);
  }
  return label;
}

export function hourLabel(minute: number): string {
  return (minute % 60 ? clock : hour).format(minute * MINUTE);
}

/** `9:30 AM`; in an hour that comes twice with the zone's name, `1:30 AM EST`. */
export function timeLabel(day: LocalDay, instant: number): string {
  const { minute } = wallMinute(day, instant);
  const label = clockLabel(((Math.floor(minute) % 1440) + 1440) % 1440);
  const fold = foldOf(day);
  return fold && minute >= fold.from && minute < fold.to ? `${label} ${zoneName(day.zone, instant)}` : label;
}

/** `8a`, `12:30p` for narrow places; in an hour that comes twice in full, since only the zone's name tells which. */
export function shortTime(day: LocalDay, instant: number): string {
  const { minute } = wallMinute(day, instant);
  const fold = foldOf(day);
  if (fold && minute >= fold.from && minute < fold.to) return timeLabel(day, instant);
  return shortClock(((Math.floor(minute) % 1440) + 1440) % 1440);
}

/** `8–9:30a`, `11:30a–1p`; `…` stands for the end that is on another day. */
export function shortSpan(day: LocalDay, start: number, end: number): string {
  const from = start < day.start ? '…' : shortTime(day, start);
  const until = end > day.end ? '…' : shortTime(day, end);
  const half = from.at(-1);
  return half === until.at(-1) && /^[\d:]+[a-z]$/.test(from) ? `${from.slice(0, -1)}–${until}` : `${from}–${until}`;
}

/** The wall clock of an instant, whatever its day. */
export function timeOf(instant: number, zone: string): string {
  return timeLabel(localDay(localDate(instant, zone), zone), instant);
}

/** `9:30 – 10:30 AM`, `11:30 AM – 12:30 PM`; with the end's day when it is another. */
export function spanLabel(day: LocalDay, start: number, end: number): string {
  const isOvernight = start < day.start || end > day.end;
  const from = start < day.start ? timeOf(start, day.zone) : timeLabel(day, start);
  const until = end > day.end ? timeOf(end, day.zone) : timeLabel(day, end);
  if (isOvernight) {
    const firstDay = formatDay(localDate(start, day.zone));
    const lastDay = formatDay(localDate(end - 1, day.zone));
    return `${firstDay}, ${from} – ${lastDay}, ${until}`;
  }
  const [, half] = from.split(' ');
  return from.split(' ').length === 2 && half && until.endsWith(half) ? `${from.slice(0, -half.length - 1)} – ${until}` : `${from} – ${until}`;
}

export function monthLabel(date: string): string {
  return month.format(at(date));
}

export function weekdayLabel(date: string, width: 'short' | 'long' = 'short'): string {
  return (width === 'short' ? shortWeekday : longWeekday).format(at(date));
}

const ranges = new Map<string, string>();
/** Formatting a range costs as much as drawing ten appointments, and a step says it in three places. */
function weekLabel(first: string, last: string): string {
  let label = ranges.get(first);
  if (label === undefined) {
    label = span.formatRange(at(first), at(last) + DAY / 2);
    ranges.set(first, label);
  }
  return label;
}

/** What stands at the top: `Friday, November 20, 2026`, `Nov 15 – 21, 2026`, `November 2026`. */
export function rangeTitle(view: View, date: string): string {
  if (view === 'month') return monthLabel(date);
  if (view === 'week') {
    const dates = datesOf(view, date);
    return weekLabel(dates[0] ?? date, dates.at(-1) ?? date);
  }
  return formatLongDay(date);
}

/** `2019 Toyota Corolla, Ana Reyes`, or as much as is known. */
export function eventName(event: Pick<CalendarEvent, 'vehicle' | 'customerName'> & { number?: number }): string {
  const known = [event.vehicle, event.customerName].filter(Boolean).join(', ');
  return known || t('calendar.event.unnamed', { number: String(event.number ?? '') });
}

/** What a screen reader says of a plan: day, time, technician. */
export function planWords(plan: Plan, zone: string): string {
  const date = localDate(plan.start, zone);
  const time = spanLabel(localDay(date, zone), plan.start, plan.end);
  return t('calendar.plan', { day: formatDay(date), time, tech: plan.techName ?? t('calendar.unassigned') });
}

/** `Marcus Bell has 2019 Toyota Corolla, Ana Reyes, 9:30 – 10:30 AM` */
export function clashWords(clash: Clash, zone: string): string {
  const day = localDay(localDate(clash.start, zone), zone);
  const values = { name: clash.name ?? '', job: eventName(clash), time: spanLabel(day, clash.start, clash.end) };
  if (!clash.vehicle && !clash.customerName) return t('calendar.clash.hidden', values);
  return t(clash.kind === 'bay' ? 'calendar.clash.bay' : 'calendar.clash.technician', values);
}

const said = new WeakMap<CalendarEvent, { day: LocalDay; label: string }>();
/** What a screen reader says of an appointment in the grid. Put together once: what changed of an appointment is another object. */
export function eventLabel(event: CalendarEvent, day: LocalDay): string {
  const known = said.get(event);
  if (known?.day === day) return known.label;
  const label = makeLabel(event, day);
  said.set(event, { day, label });
  return label;
}

function makeLabel(event: CalendarEvent, day: LocalDay): string {
  return [
    t(event.bayName ? 'calendar.event.label.bay' : 'calendar.event.label', {
      name: eventName(event),
      time: spanLabel(day, event.start, event.end),
      tech: event.techName ?? t('calendar.unassigned'),
      bay: event.bayName ?? '',
      status: t(STATUS[event.status].word),
    }),
    ...(event.isWaiting ? [t('calendar.event.waiting')] : []),
    ...(event.isOverbooked ? [t('calendar.event.overbooked')] : []),
  ].join(', ');
}

/** `Friday, November 20, 2026` or a technician's name; with the number of appointments. */
export function columnName(column: { day: LocalDay; tech?: { name: string | null }; events: readonly unknown[] }, withCount = true): string {
  const name = column.tech ? (column.tech.name ?? t('calendar.unassigned')) : formatLongDay(column.day.date);
  return withCount ? t('calendar.column', { name, jobs: t('calendar.count', { count: column.events.length }) }) : name;
}

/** `Toyota Corolla` of `2019 Toyota Corolla`: where room is short it is the year that tells least. */
export function withoutYear(vehicle: string | null): string | null {
  return vehicle?.replace(/^\d{4} (?=.)/, '') ?? null;
}

/** The zone of days side by side, by its short name; over a clock change both names, the earlier first. */
export function zonesOf(days: readonly LocalDay[]): string[] {
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return [];
  return [...new Set([zoneName(first.zone, first.start), zoneName(last.zone, last.end - 1)])];
}
