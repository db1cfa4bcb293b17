import '@/i18n/late/inspections';
import { t } from '@/i18n/t';
import { unitWords } from '@/lib/inspection-answers';
import type { InspectionPoint } from '@/types';
import { limitWords } from './results';

/** Everything that a point says, in one line: two that differ in a limit read differently. */
function pointWords({ label, section, help, reading, needsPhoto }: InspectionPoint): string {
  const facts = [
    section,
    reading ? [t('point.reading', { unit: unitWords(reading.unit) }), limitWords(reading)].filter(Boolean).join(', ') : null,
    needsPhoto ? t('point.photo') : null,
    help,
  ];
  return [label, ...facts].filter(Boolean).join(' · ');
}

const same = (one: InspectionPoint, other: InspectionPoint): boolean => pointWords(one) === pointWords(other) && one.catalogId === other.catalogId;

/** One side of two edits of a template's points, as it differs from the other: forty points that are alike need no reading. */
export function pointsWords(points: readonly InspectionPoint[], others: readonly InspectionPoint[]): string {
  const own = points.filter((point) => !others.some((other) => same(point, other)));
  const missing = others.filter((other) => !points.some((point) => same(point, other)) && !points.some((point) => point.label === other.label));
  const lines = [...own.map(pointWords), ...missing.map(({ label }) => t('inspections.without', { label }))];
  // The same points in another order.
  const told = lines.length > 0 ? lines : points.map(({ label }) => label);
  return [t('inspection.start.points', { count: points.length }), ...told].join('\n');
}
