import { LOCALE, t, wordFor } from '@/i18n/t';
import { STATUS } from '@/lib/status';
import { formatDateTime, formatPlainDay, formatTime, isDate, localDate } from '@/lib/time';
import type { Status } from '@/types';

const INSTANTS = new Set(['start', 'end', 'promisedAt', 'checkInAt', 'checkOutAt', 'confirmedAt', 'statusSince', 'deletedAt', 'startedAt', 'stoppedAt', 'submittedAt']);

/** Kept as decimal text, with as many zeros as somebody typed. */
const DECIMALS = new Set(['hours', 'quantity']);
const decimal = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 3 });

interface Wording {
  /** Names behind ids. */
  names?: ReadonlyMap<string, string>;
  /** The moment from which times are told, for what stays on record: by their date, not as today or yesterday. */
  toldAt?: string;
}

/** A field's value as people say it; empty for nothing. */
export function valueWords(field: string, value: unknown, zone: string, { names, toldAt }: Wording = {}): string {
  if (value === null || value === undefined || value === '') return '';
  if (typeof value === 'boolean') return t(value ? 'field.yes' : 'field.no');
  if (Array.isArray(value)) return value.map(String).join(', ');
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value as string | number);
  if (field === 'status' && Object.hasOwn(STATUS, text)) return t(STATUS[text as Status].word);
  if (DECIMALS.has(field) && Number.isFinite(Number(text))) return decimal.format(Number(text));
  if (toldAt && isDate(text)) return formatPlainDay(text, toldAt.slice(0, 10));
  if (INSTANTS.has(field) && !Number.isNaN(Date.parse(text))) {
    if (!toldAt) return formatDateTime(text, zone);
    const day = formatPlainDay(localDate(text, zone), localDate(toldAt, zone));
    return t('time.dayAt', { day, time: formatTime(text, zone) });
  }
  return names?.get(text) ?? text;
}

/** A field's name; null for what only the machine reads: ids beside names, the day beside the start. */
export function fieldWords(field: string): string | null {
  if (field === 'day' || field === 'deletedAt' || field.endsWith('Id')) return null;
  return wordFor(`fact.${field}`) ?? wordFor(`field.${field}`);
}
