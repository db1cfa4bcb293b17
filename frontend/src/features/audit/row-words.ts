import '@/i18n/late/audit';
import { wordFor } from '@/i18n/t';
import { moneyText } from '@/lib/money';
import { formatDateTime } from '@/lib/time';
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

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;

/** `unitPriceCents` as `Unit price`, for a field that has no word of its own. */
export function spelled(field: string): string {
  const words = field.replace(/(Cents|At|Id)$/, '').replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function value(field: string, raw: unknown, at: string, zone: string, wording: FieldWording): string | null {
  if (raw === null || raw === undefined || raw === '') return null;
  if (field.endsWith('Cents') && typeof raw === 'number') return moneyText(raw);
  const words = wording.valueWords(field, raw, zone, { toldAt: at });
  // Whatever else is an instant is told as one.
  return typeof raw === 'string' && words === raw && INSTANT.test(raw) ? formatDateTime(raw, zone) : words;
}

/** Each changed field in words, before and after. */
export function fieldLines(row: TrailRow, zone: string, wording: FieldWording): FieldLine[] {
  return Object.entries(row.changes).map(([field, [before, after]]) => ({
    field: wording.fieldWords(field) ?? wordFor(`audit.field.${field}`) ?? spelled(field),
    before: value(field, before, row.at, zone, wording),
    after: value(field, after, row.at, zone, wording),
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
