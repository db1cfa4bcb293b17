import { LOCALE } from '@/i18n/locale';
import { visitWords } from '@/i18n/words/visit';

/** The customer's page has words of its own: the whole catalogue would weigh more than the page. */
export type Word = keyof typeof visitWords;
type Values = Record<string, string | number>;

const plurals = new Intl.PluralRules(LOCALE);

/** The text for a key, its holes filled, its plural form chosen by `count`. */
export function say(key: Word, values: Values = {}): string {
  const entry = visitWords[key];
  const text = typeof entry === 'string' ? entry : entry[plurals.select(Number(values.count)) === 'one' ? 'one' : 'other'];
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole));
}

/** The key for a code of the server, null where there are no words for it. */
export function wordOf(key: string): Word | null {
  return Object.hasOwn(visitWords, key) ? (key as Word) : null;
}

/** Day and time in the shop's zone, "Fri, Nov 20, 12:30 PM". */
export function whenText(instant: string, zone: string): string {
  return new Intl.DateTimeFormat(LOCALE, { timeZone: zone, weekday: 'short', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' }).format(
    new Date(instant),
  );
}

/** A local date, "Nov 20, 2026". */
export function dayText(day: string): string {
  return new Intl.DateTimeFormat(LOCALE, { timeZone: 'UTC', dateStyle: 'medium' }).format(new Date(`${day}T00:00:00Z`));
}

/** A local date some months from today, as the wire writes it. */
export function monthsFromToday(months: number, zone: string): string {
  const [year = 0, month = 1, day = 1] = new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(new Date()).split('-').map(Number);
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(day, last))).toISOString().slice(0, 10);
}
