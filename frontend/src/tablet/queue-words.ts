import '@/i18n/late/tablet';
import { hasWord, t, wordFor } from '@/i18n/t';
import { readingWords } from '@/lib/inspection-answers';
import type { Operation } from '@/offline/types';

/** A field's value in words, as the queue and a conflict show it: a reading with its unit, miles as miles. */
export function valueWords(field: string, value: unknown, unit: string | null = null): string {
  if (value === null || value === undefined || value === '') return '';
  if (field === 'isRemoved') return t(value ? 'tablet.point.gone' : 'tablet.point.stays');
  if (field === 'status') return t(value === 'submitted' ? 'tablet.status.submitted' : 'tablet.status.open');
  if (field === 'result') return wordFor(`tablet.result.${String(value)}`) ?? String(value);
  if (field === 'reading') return readingWords(String(value), unit);
  if (field === 'mileage') return t('tablet.miles', { count: Number(value) });
  if (Array.isArray(value)) return t('tablet.drawn', { count: value.length });
  return String(value);
}

/** What an operation does: the answer itself where it is one. `about` is what it changes, if that is known: a point knows its unit. */
export function whatWords({ kind, body }: Operation, about: object | null = null): string {
  if (kind === 'addItem') return `${t('tablet.kind.addItem')}: ${valueWords('result', body.result)}`;
  if (kind !== 'item' && kind !== 'outcome' && kind !== 'odometer') return t(`tablet.kind.${kind}`);
  const unit = about && 'unit' in about && typeof about.unit === 'string' ? about.unit : null;
  return Object.entries(body)
    .flatMap(([field, value]) => {
      const key = `tablet.field.${field}`;
      return hasWord(key) ? [`${t(key)}: ${valueWords(field, value, unit) || t('conflict.empty')}`] : [];
    })
    .join(' · ');
}
