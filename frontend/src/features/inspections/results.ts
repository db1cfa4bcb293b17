import type { LucideIcon } from 'lucide-react';
import { Circle } from 'lucide-react';
import type { BadgeTone } from '@/components/ui/Badge';
import '@/i18n/late/inspections';
import type { WordKey } from '@/i18n/en';
import { t } from '@/i18n/t';
import { SIGNS, suggested as suggestedFor } from '@/lib/inspection-answers';
import type { InspectionItem, InspectionResult } from '@/types';

export interface ResultLook {
  word: WordKey;
  tone: BadgeTone;
  icon: LucideIcon;
  /** The classes of the answer that is chosen. */
  chosen: string;
}

export const RESULTS: Record<InspectionResult, ResultLook> = {
  pass: { word: 'inspection.pass', tone: 'success', icon: SIGNS.pass, chosen: 'border-success bg-success-soft text-success' },
  attention: { word: 'inspection.attention', tone: 'warning', icon: SIGNS.attention, chosen: 'border-warning bg-warning-soft text-warning' },
  fail: { word: 'inspection.fail', tone: 'danger', icon: SIGNS.fail, chosen: 'border-danger bg-danger-soft text-danger' },
  na: { word: 'inspection.na', tone: 'neutral', icon: SIGNS.na, chosen: 'border-canceled bg-canceled-soft text-canceled' },
};
export const OPEN: ResultLook = { word: 'inspection.open', tone: 'neutral', icon: Circle, chosen: '' };

type Limits = NonNullable<InspectionItem['limits']>;

/** What the limits say of a reading as it was typed; null for one that is no number, or where there are no limits. */
export function suggested(reading: string, limits: Limits | null): InspectionResult | null {
  const value = Number(reading);
  return reading.trim() === '' || !Number.isFinite(value) ? null : suggestedFor(limits, value);
}

/** The answer that a reading gives a point as it was typed: it follows the limits until somebody has answered otherwise. Null leaves it. */
export function following({ result, reading, limits }: Pick<InspectionItem, 'result' | 'reading' | 'limits'>, typed: string): InspectionResult | null {
  const before = reading === null ? null : suggested(reading, limits);
  const next = suggested(typed, limits);
  return (result === null || result === before) && next !== result ? next : null;
}

/** The limits in words, "Attention below 5, urgent below 3". */
export function limitWords(limits: Limits | null): string | undefined {
  if (!limits) return undefined;
  const side = (name: 'below' | 'above', attention: string | null, fail: string | null): string | null => {
    if (attention !== null && fail !== null) return t(`inspection.limits.${name}`, { attention, fail });
    if (attention !== null) return t(`inspection.limits.${name}.attention`, { attention });
    return fail === null ? null : t(`inspection.limits.${name}.fail`, { fail });
  };
  const words = [side('below', limits.attentionBelow, limits.failBelow), side('above', limits.attentionAbove, limits.failAbove)].filter((one) => one !== null).join(', ');
  return words ? words.charAt(0).toUpperCase() + words.slice(1) : undefined;
}

/** Items under their sections, in their order; what was added to the template's points stands by itself. */
export function bySection(items: readonly InspectionItem[]): { section: string | null; items: InspectionItem[] }[] {
  const found: { section: string | null; items: InspectionItem[] }[] = [];
  for (const item of items) {
    const last = found.at(-1);
    const section = item.isAdded ? t('inspection.added') : item.section;
    if (last && last.section === section) last.items.push(item);
    else found.push({ section, items: [item] });
  }
  return found;
}
