/** What a car on the wall says of its time, and when the screen is dimmed. */
import '@/i18n/late/wall';
import { t } from '@/i18n/t';
import type { PromiseTone } from '@/lib/time';
import { formatTime, localDate, localTime, promiseWords, spanWords } from '@/lib/time';
import type { Wall, WallCard } from '@/types';

/** What the room calls a car: its key tag, or the end of its plate. */
export const calledWords = ({ keyTag, plateTail }: WallCard): string => (keyTag === null ? (plateTail ?? '–') : t('wall.tag', { tag: keyTag }));

/** The cars whose promise has passed, the latest first. */
export const lateCars = (wall: Wall, now: number): WallCard[] =>
  wall.columns
    .flatMap(({ cards }) => cards.filter((card) => timeWords(card, now, wall.timezone).tone === 'late'))
    .sort((a, b) => (a.promisedAt ?? '').localeCompare(b.promisedAt ?? ''));

export function timeWords(card: WallCard, now: number, zone: string): { words: string; tone: PromiseTone } {
  if (card.status === 'SCHEDULED') return { words: t('wall.at', { time: formatTime(card.start, zone) }), tone: 'none' };
  if (card.status === 'READY') {
    const isToday = localDate(card.statusSince, zone) === localDate(now, zone);
    const words = isToday
      ? t('promise.ready.since', { time: formatTime(card.statusSince, zone) })
      : t('promise.ready.for', { time: spanWords(now - Date.parse(card.statusSince)) });
    return { words, tone: 'met' };
  }
  return promiseWords(card.promisedAt, now, zone);
}

const minutes = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
const AROUND = 60;

/** True from an hour after closing until an hour before opening. */
export function isNight(wall: Pick<Wall, 'opensAt' | 'closesAt' | 'timezone'>, now: number): boolean {
  const at = minutes(localTime(now, wall.timezone));
  return at < minutes(wall.opensAt) - AROUND || at >= minutes(wall.closesAt) + AROUND;
}
