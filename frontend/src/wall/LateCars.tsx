import '@/i18n/late/wall';
import { t } from '@/i18n/t';
import type { WallCard } from '@/types';
import { pagesOf } from './views';
import { calledWords, timeWords } from './wall-words';

/** As many as leave room for the board; a shop with more late cars sees them in turn. */
const MOST = 12;

interface LateCarsProps {
  cards: readonly WallCard[];
  turn: number;
  now: number;
  zone: string;
}

/** The late cars in a strip, three in a line: which one, what it is, how late. */
export function LateCars({ cards, turn, now, zone }: LateCarsProps) {
  if (cards.length === 0) return null;
  const at = (turn % pagesOf(cards.length, MOST)) * MOST;
  return (
    <section aria-label={t('wall.late')} className="shrink-0 px-[2rem] pb-[1rem]">
      <ul role="list" className="grid grid-cols-3 gap-x-[1.25rem] gap-y-[0.4rem]">
        {cards.slice(at, at + MOST).map((card) => (
          <li key={card.id} className="flex min-w-0 items-baseline gap-[1rem] rounded-chip border-l-[0.5rem] border-danger bg-surface px-[1.25rem] text-[1.75rem] leading-[2.6rem]">
            <span className="tabular shrink-0 font-bold">{calledWords(card)}</span>
            <span className="truncate">{card.vehicle}</span>
            <span className="tabular ml-auto shrink-0 font-semibold text-danger">{timeWords(card, now, zone).words}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
