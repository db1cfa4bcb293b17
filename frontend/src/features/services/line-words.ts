import '@/i18n/late/services';
import { t, wordFor } from '@/i18n/t';
import { moneyText } from '@/lib/money';
import type { Sheet, WorkLine } from '@/types';

/** How a line's price comes about, `1.2 h at $145.00`; without prices only what is measured. */
export function lineMeasure(line: WorkLine): string {
  const price = line.unitPriceCents === undefined ? null : moneyText(line.unitPriceCents);
  if (line.hours !== null) {
    if (line.isFlat) return t('services.times.flat', { hours: line.hours });
    return price === null ? t('services.times.hoursOnly', { hours: line.hours }) : t('services.times.hours', { hours: line.hours, price });
  }
  if (line.quantity === '1') return '';
  return price === null ? t('services.times.piecesOnly', { quantity: line.quantity }) : t('services.times.pieces', { quantity: line.quantity, price });
}

/** A field's value in words, for people who choose between two. */
export function valueText(field: string, value: unknown, sheet: Sheet): string {
  if (value === null || value === undefined) return '';
  if (field.endsWith('Cents')) return moneyText(Number(value));
  if (field === 'jobId') return sheet.jobs.find((job) => job.id === value)?.name ?? '';
  if (field === 'kind') return wordFor(`services.kind.${String(value)}`) ?? String(value);
  if (field === 'taxClass') return wordFor(`services.tax.${String(value)}`) ?? String(value);
  if (field === 'urgency') return wordFor(`services.urgency.${String(value)}`) ?? String(value);
  return String(value);
}
