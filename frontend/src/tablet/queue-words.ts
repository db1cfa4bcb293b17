import '@/i18n/late/tablet';
import { hasWord, t, wordFor } from '@/i18n/t';
import type { Operation } from '@/offline/types';

/** A field's value in words, as the queue and a conflict show it. */
export function valueWords(field: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return '';
  if (field === 'status') return t(value === 'submitted' ? 'tablet.status.submitted' : 'tablet.status.open');
  if (field === 'result') return wordFor(`tablet.result.${String(value)}`) ?? String(value);
  if (Array.isArray(value)) return t('tablet.drawn', { count: value.length });
  return String(value);
}

/** What an operation does: the answer itself where it is one. */
export function whatWords({ kind, body }: Operation): string {
  if (kind === 'addItem') return `${t('tablet.kind.addItem')}: ${valueWords('result', body.result)}`;
  if (kind !== 'item' && kind !== 'outcome' && kind !== 'odometer') return t(`tablet.kind.${kind}`);
  return Object.entries(body)
    .flatMap(([field, value]) => {
      const key = `tablet.field.${field}`;
      return hasWord(key) ? [`${t(key)}: ${valueWords(field, value) || t('conflict.empty')}`] : [];
    })
    .join(' · ');
}
