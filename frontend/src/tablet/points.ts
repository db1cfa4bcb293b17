/** What an inspection lacks, and what a reading says. Pure. */
import type { Checklist, Item, Limits, Result } from '@/offline/types';

export interface Missing {
  item: Item;
  index: number;
  what: 'answer' | 'photo';
}
/** What keeps an inspection from being submitted: an answer, or the photo that an urgent point needs. */
export function missingOf(checklist: Checklist): Missing[] {
  return checklist.items.flatMap((item, index): Missing[] => {
    if (item.result === null) return [{ item, index, what: 'answer' }];
    return needsPhoto(item) ? [{ item, index, what: 'photo' }] : [];
  });
}
export function needsPhoto(item: Item): boolean {
  return item.result === 'fail' && item.needsPhoto && item.photos.length === 0;
}
export function answeredOf(checklist: Checklist): number {
  return checklist.items.filter((item) => item.result !== null).length;
}
/** The point to go on with: the first without an answer. */
export function nextOpen(checklist: Checklist): number {
  const found = checklist.items.findIndex((item) => item.result === null);
  return found === -1 ? checklist.items.length : found;
}

const number = (value: number | string | null | undefined): number | null => (value === null || value === undefined ? null : Number(value));

/** What the limits say of a value; the technician has the last word. */
export function suggested(limits: Limits | null, value: number): Result {
  const below = (limit: number | string | null | undefined): boolean => {
    const bound = number(limit);
    return bound !== null && value < bound;
  };
  const above = (limit: number | string | null | undefined): boolean => {
    const bound = number(limit);
    return bound !== null && value > bound;
  };
  if (below(limits?.failBelow) || above(limits?.failAbove)) return 'fail';
  if (below(limits?.attentionBelow) || above(limits?.attentionAbove)) return 'attention';
  return 'pass';
}

/** A reading as it was typed, with comma or point; undefined where it is no number, null where nothing stands there. */
export function parseReading(text: string): string | null | undefined {
  const plain = text.trim().replace(',', '.');
  if (plain === '') return null;
  return /^-?\d{1,8}(\.\d{1,2})?$/.test(plain) ? plain : undefined;
}
