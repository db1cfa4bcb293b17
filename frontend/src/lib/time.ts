/**
 * Times as the shop reads them.
 *
 * The server speaks UTC instants and local dates; every function here takes the location's IANA zone. No component
 * computes with `Date` by itself. Formatters are made once per zone: making one costs more than using it a thousand times.
 */
import { LOCALE, t } from '@/i18n/t';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const cache = new Map<string, Intl.DateTimeFormat>();
function formatter(name: string, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${name} ${zone}`;
  let found = cache.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: zone });
    cache.set(key, found);
  }
  return found;
}

type Instant = string | number | Date;
function millis(instant: Instant): number {
  return typeof instant === 'string' ? Date.parse(instant) : Number(instant);
}

interface Wall {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}
function wall(instant: number, zone: string): Wall {
  const format = formatter('wall', zone, {
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const found: Record<string, number> = {};
  for (const part of format.formatToParts(instant)) found[part.type] = Number(part.value);
  return {
    year: found.year ?? 0,
    month: found.month ?? 1,
    day: found.day ?? 1,
    hour: found.hour ?? 0,
    minute: found.minute ?? 0,
    second: found.second ?? 0,
  };
}

const two = (value: number): string => String(value).padStart(2, '0');

/** Minutes that the zone's clocks are ahead of UTC at an instant. */
export function zoneOffset(instant: Instant, zone: string): number {
  const at = Math.floor(millis(instant) / 1000) * 1000;
  const w = wall(at, zone);
  return (Date.UTC(w.year, w.month - 1, w.day, w.hour, w.minute, w.second) - at) / MINUTE;
}

/** The local day of an instant, `2026-11-20`. */
export function localDate(instant: Instant, zone: string): string {
  const w = wall(millis(instant), zone);
  return `${w.year}-${two(w.month)}-${two(w.day)}`;
}

/** The local wall time of an instant, `14:05`, as a time input wants it. */
export function localTime(instant: Instant, zone: string): string {
  const w = wall(millis(instant), zone);
  return `${two(w.hour)}:${two(w.minute)}`;
}

/** What a wall time means: one instant, none (clocks go forward) or two (clocks go back). */
export type Resolved =
  | { kind: 'ok'; instant: string }
  /** `instant` lies behind the missing hour, as far as the wall time was into it. */
  | { kind: 'gap'; instant: string }
  /** `instant` is the first of the two. */
  | { kind: 'fold'; instant: string; later: string };

const iso = (at: number): string => new Date(at).toISOString().replace(/\.000Z$/, 'Z');

/** The instant of a local day and wall time; says so when the clocks' change makes it impossible or double. */
export function toInstant(date: string, time: string, zone: string): Resolved {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const naive = Date.UTC(year, month - 1, day, hour, minute);
  const before = zoneOffset(naive - DAY, zone);
  const after = zoneOffset(naive + DAY, zone);
  const found = [...new Set([naive - before * MINUTE, naive - after * MINUTE])]
    .filter((at) => at + zoneOffset(at, zone) * MINUTE === naive)
    .sort((a, b) => a - b);
  const [first, second] = found;
  if (first === undefined) return { kind: 'gap', instant: iso(naive - before * MINUTE) };
  if (second === undefined) return { kind: 'ok', instant: iso(first) };
  return { kind: 'fold', instant: iso(first), later: iso(second) };
}

/** A local date some days later (or earlier): calendar arithmetic, no zone involved. */
export function addDays(date: string, days: number): string {
  const at = new Date(`${date}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** Whole days from one local date to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY);
}

export function isDate(text: string | null | undefined): text is string {
  return !!text && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
}

/** `9:30 AM` */
export function formatTime(instant: Instant, zone: string): string {
  return formatter('time', zone, { hour: 'numeric', minute: '2-digit' }).format(millis(instant));
}

/** `Fri, Nov 20` of a local date. */
export function formatDay(date: string): string {
  return formatter('day', 'UTC', { weekday: 'short', month: 'short', day: 'numeric' }).format(Date.parse(`${date}T00:00:00Z`));
}

/** `Fri` of a local date. */
export function formatWeekday(date: string): string {
  return formatter('weekday', 'UTC', { weekday: 'short' }).format(Date.parse(`${date}T00:00:00Z`));
}

/** `Fri, Nov 20` of a local date; with its year where that is not this one, `Tue, Jun 1, 2027`. */
export function formatPlainDay(date: string, today: string): string {
  if (date.slice(0, 4) === today.slice(0, 4)) return formatDay(date);
  return formatter('day and year', 'UTC', { weekday: 'short', month: 'short', day: 'numeric', year: 'numeric' }).format(
    Date.parse(`${date}T00:00:00Z`),
  );
}

/** `Nov 20` of a local date. */
export function formatMonthDay(date: string): string {
  return formatter('days', 'UTC', { month: 'short', day: 'numeric' }).format(Date.parse(`${date}T00:00:00Z`));
}

/** `Nov 20 – 26` of local dates, both included; with years where one is not this one. */
export function formatDays(from: string, to: string, today: string): string {
  const year = today.slice(0, 4);
  const isThisYear = from.startsWith(year) && to.startsWith(year);
  const days = formatter(isThisYear ? 'days' : 'days and years', 'UTC', {
    month: 'short',
    day: 'numeric',
    ...(isThisYear ? {} : { year: 'numeric' }),
  });
  return days.formatRange(Date.parse(`${from}T00:00:00Z`), Date.parse(`${to}T00:00:00Z`));
}

const longDays = new Map<string, string>();
/** `Friday, November 20, 2026` of a local date. */
export function formatLongDay(date: string): string {
  // A month says each of its days twice at every drawing.
  let day = longDays.get(date);
  if (day === undefined) {
    const format = formatter('long', 'UTC', { weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' });
    day = format.format(Date.parse(`${date}T00:00:00Z`));
    longDays.set(date, day);
  }
  return day;
}

/** `Today`, `Yesterday`, `Tomorrow` or `Fri, Nov 20`. */
export function formatRelativeDay(date: string, today: string): string {
  const days = daysBetween(today, date);
  if (days === 0) return t('time.today');
  if (days === 1) return t('time.tomorrow');
  if (days === -1) return t('time.yesterday');
  return formatDay(date);
}

/** `Nov 20, 2026` of a local date: for records, where the year matters and the weekday does not. */
export function formatDate(date: string): string {
  return formatter('date', 'UTC', { month: 'short', day: 'numeric', year: 'numeric' }).format(Date.parse(`${date}T00:00:00Z`));
}

/** `Today`, `Yesterday` or `Nov 20, 2026`. */
export function formatRecordDay(date: string, today: string): string {
  const days = daysBetween(date, today);
  return days === 0 || days === 1 ? formatRelativeDay(date, today) : formatDate(date);
}

/** `Today at 9:30 AM`, `Fri, Nov 20 at 9:30 AM`. */
export function formatDateTime(instant: Instant, zone: string, now: number = Date.now()): string {
  const day = formatRelativeDay(localDate(instant, zone), localDate(now, zone));
  return t('time.dayAt', { day, time: formatTime(instant, zone) });
}

/** The same within a sentence, where `today` is written small; a weekday keeps its capital: `today at 9:30 AM`. */
export function formatWhen(instant: Instant, zone: string, now: number = Date.now()): string {
  const day = formatRelativeDay(localDate(instant, zone), localDate(now, zone));
  return t('time.dayAt', { day: withinSentence(day), time: formatTime(instant, zone) });
}

const withinSentence = (day: string): string => (/\d/.test(day) ? day : day.toLowerCase());

const names = new Map<string, string>();
/** The zone's short name at an instant, `EST`. */
export function zoneName(zone: string, instant: Instant = Date.now()): string {
  // No zone changes its clocks but at a quarter of an hour.
  const quarter = Math.floor(millis(instant) / (15 * MINUTE));
  const key = `${zone} ${quarter}`;
  let name = names.get(key);
  if (name === undefined) {
    const parts = formatter('zone', zone, { timeZoneName: 'short' }).formatToParts(quarter * 15 * MINUTE);
    name = parts.find((part) => part.type === 'timeZoneName')?.value ?? zone;
    names.set(key, name);
  }
  return name;
}

/** The zone's short name over local days, both included: `EST`; on a clock change and around it both names, `EST → EDT`. */
export function zoneNameOver(zone: string, from: string, to: string = from): string {
  const first = zoneName(zone, toInstant(from, '00:00', zone).instant);
  const last = zoneName(zone, millis(toInstant(addDays(to, 1), '00:00', zone).instant) - MINUTE);
  return first === last ? first : `${first} → ${last}`;
}

/** A length of time in words: `40 min`, `3 h 10 min`, `2 days`. Under a minute is `just now`. */
export function spanWords(length: number): string {
  const minutes = Math.floor(Math.abs(length) / MINUTE);
  if (minutes < 1) return t('time.now');
  if (minutes < 60) return t('time.minutes', { count: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return t('time.days', { count: Math.floor(hours / 24) });
  const rest = minutes % 60;
  if (rest === 0 || hours >= 10) return t('time.hours', { hours });
  return t('time.hoursMinutes', { hours, minutes: rest });
}

/** The same, as short as shops say it: `51 min`, `2.5 h`, `3 days`. */
export function shortSpan(length: number): string {
  const minutes = Math.floor(Math.abs(length) / MINUTE);
  if (minutes < 1) return t('time.new');
  if (minutes < 60) return t('time.minutes', { count: minutes });
  if (minutes < 48 * 60) return t('time.hours', { hours: minutes < 600 ? (minutes / 60).toFixed(1) : Math.floor(minutes / 60) });
  return t('time.days', { count: Math.floor(minutes / 1440) });
}

/** `missed`: done, but after the promised time. */
export type PromiseTone = 'none' | 'far' | 'soon' | 'late' | 'missed' | 'met';

/** The promised time in words and how pressing it is: late, due within the hour, or later. */
export function promiseWords(
  promisedAt: string | null,
  now: number,
  zone: string,
  done = false,
): { tone: PromiseTone; words: string } {
  if (!promisedAt) return { tone: 'none', words: t('promise.none') };
  const at = millis(promisedAt);
  const sameDay = localDate(at, zone) === localDate(now, zone);
  const day = formatRelativeDay(localDate(at, zone), localDate(now, zone));
  const when = sameDay ? formatTime(at, zone) : withinSentence(day);
  if (done) return { tone: 'met', words: t('promise.met', { time: when }) };
  const left = at - now;
  if (left <= -MINUTE) return { tone: 'late', words: t('promise.late', { span: spanWords(left) }) };
  if (left < MINUTE) return { tone: 'soon', words: t('promise.due') };
  if (left < HOUR) return { tone: 'soon', words: t('promise.in', { span: spanWords(left) }) };
  return { tone: 'far', words: t('promise.by', { time: when }) };
}
