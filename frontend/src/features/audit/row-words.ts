import '@/i18n/late/audit';
import '@/i18n/late/history';
import '@/i18n/late/messages';
import '@/i18n/late/numbers';
import '@/i18n/late/texts';
import { wordFor } from '@/i18n/t';
import { moneyText } from '@/lib/money';
import { formatDate, formatDateTime, isDate } from '@/lib/time';
import type { TrailRow } from '@/types';

/** How fields and their values are said elsewhere in the interface; the drawer's history says them the same way. */
export interface FieldWording {
  fieldWords: (field: string) => string | null;
  valueWords: (field: string, value: unknown, zone: string, options?: { toldAt?: string }) => string;
}

export interface FieldLine {
  field: string;
  /** Null where there was nothing. */
  before: string | null;
  after: string | null;
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;

/** `unitPriceCents` as `Unit price`, for a field that has no word of its own. */
export function spelled(field: string): string {
  const words = field.replace(/(Cents|At|Id)$/, '').replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Fields whose values are codes, by what they are about, and the catalogue's family of each. */
const CODES: Record<string, Record<string, string>> = {
  message: { status: 'messages.status', reason: 'reason', channel: 'messages.channel', messageClass: 'audit.messageClass', origin: 'audit.origin' },
  notice_rule: { trigger: 'trigger', loudness: 'loudness' },
  template: { category: 'category', channel: 'messages.channel', purpose: 'template.purpose' },
};

function codeWords(entity: string, field: string, raw: unknown): string | null {
  const family = CODES[entity]?.[field];
  return family === undefined || typeof raw !== 'string' ? null : wordFor(`${family}.${raw}`);
}

function value(field: string, raw: unknown, at: string, zone: string, wording: FieldWording): string | null {
  if (raw === null || raw === undefined || raw === '') return null;
  if (field.endsWith('Cents') && typeof raw === 'number') return moneyText(raw);
  if (AMOUNTS.has(field) && typeof raw === 'object') return amountWords(raw);
  if (Array.isArray(raw)) return raw.map((one: unknown) => value(field, one, at, zone, wording)).filter(Boolean).join(', ') || null;
  if (typeof raw === 'string' && isDate(raw)) return formatDate(raw);
  if (field === 'figure') return wordFor(`numbers.figure.${String(raw as string)}`) ?? String(raw as string);
  if (field === 'saidVia') return wordFor(`history.via.${String(raw as string)}`) ?? String(raw as string);
  if (NAMED.has(field)) return wordFor(`audit.${field}.${String(raw as string)}`) ?? String(raw as string);
  const words = wording.valueWords(field, raw, zone, { toldAt: at });
  // Whatever else is an instant is told as one.
  return typeof raw === 'string' && words === raw && INSTANT.test(raw) ? formatDateTime(raw, zone) : words;
}

/** Whose values have words of their own here. */
const NAMED = new Set(['method', 'kind', 'report']);

/** A day's close by method: `Cash $120.00, Card $50.00`. */
const AMOUNTS = new Set(['expected', 'counted']);
function amountWords(amounts: object): string | null {
  const parts = Object.entries(amounts).map(([method, cents]) => `${wordFor(`audit.method.${method}`) ?? method} ${moneyText(Number(cents))}`);
  return parts.join(', ') || null;
}

/** What only a program reads: ids of rows that stand beside their names, and a currency that was so from the start. */
function isForPeople(field: string, [before, after]: readonly unknown[]): boolean {
  if (field === 'currency' && (before === null || before === undefined)) return false;
  const values = [before, after].filter((one) => one !== null && one !== undefined);
  const areIds = values.length > 0 && values.every((one) => typeof one === 'string' && UUID.test(one));
  return !areIds || wordFor(`audit.field.${field}`) !== null;
}

/** Each changed field in words, before and after. */
export function fieldLines(row: TrailRow, zone: string, wording: FieldWording): FieldLine[] {
  return Object.entries(row.changes).filter(([field, sides]) => isForPeople(field, sides)).map(([field, [before, after]]) => ({
    field: wording.fieldWords(field) ?? wordFor(`audit.field.${field}`) ?? spelled(field),
    before: codeWords(row.entity, field, before) ?? value(field, before, row.at, zone, wording),
    after: codeWords(row.entity, field, after) ?? value(field, after, row.at, zone, wording),
  }));
}

/** What was done, in a phrase; an act that has no words yet keeps its name. */
export function actionWords(action: string): string {
  return wordFor(`audit.action.${action}`) ?? action;
}

/** What it is about: the kind, and its number where it has one. */
export function entityWords(row: Pick<TrailRow, 'entity' | 'label'>): string {
  const kind = kindWords(row.entity);
  return row.label ? `${kind} ${row.label}` : kind;
}

export function kindWords(entity: string): string {
  return wordFor(`audit.entity.${entity}`) ?? spelled(entity.replaceAll('_', ' '));
}
