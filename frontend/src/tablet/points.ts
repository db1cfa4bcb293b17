/** What an inspection lacks, and what a reading says. Pure. */
import type { Checklist, Item } from '@/offline/types';

export { suggested } from '@/lib/inspection-answers';

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

/** Where a point of an inspection is looked at; behind the last one stands the overview, whose address stays when a point is added. */
export function pointPath(checklist: Checklist, index: number): string {
  return `/checks/${checklist.id}/${index < checklist.items.length ? index + 1 : OVERVIEW}`;
}
export const OVERVIEW = 'all';

/** A reading as it was typed, with comma or point; undefined where the shop would not take it, null where nothing stands there. */
export function parseReading(text: string): string | null | undefined {
  const plain = text.trim().replace(',', '.');
  if (plain === '') return null;
  return /^\d{1,7}(\.\d{1,2})?$/.test(plain) ? plain : undefined;
}

/** Miles as they were typed, in threes or not; null for what is no number of them, such as one with a comma that slipped. */
export function parseMiles(text: string): number | null {
  const typed = text.trim();
  if (!/^(\d+|\d{1,3}([,\s]\d{3})+)$/.test(typed)) return null;
  const plain = typed.replaceAll(/[,\s]/g, '');
  return plain.length <= 7 ? Number(plain) : null;
}

/** Nobody drives more between two visits. */
const MOST_MILES = 100_000;
/** Why a reading is asked about before it takes the last one's place: no odometer runs backwards, and few run that far. */
export function doubtOf(miles: number, last: number | null): 'lower' | 'higher' | null {
  if (last === null) return null;
  return miles < last ? 'lower' : miles - last > MOST_MILES ? 'higher' : null;
}
