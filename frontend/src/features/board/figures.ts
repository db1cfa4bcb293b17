/** The numbers of the board's head. Pure. */
import { isLate } from '@/lib/promise';
import type { Board, BoardCard } from '@/types';
import { dueCents } from './card-words';
import type { BoardFilters } from './filters';
import { isFiltering, matches } from './filters';
import { isAhead, isOnPremises } from './order';

/** Cents are null for those who may not see money. */
export type Figures =
  | { kind: 'now'; jobs: number; onPremises: number; late: number; dueCents: number | null }
  /** Days still to come: what is booked for them, and apart from that the cars that are here today. */
  | { kind: 'ahead'; booked: number; bookedCents: number | null; carriedOver: number }
  /** `side` are the cards shown that are no jobs of the day any more: canceled, or nobody came. */
  | { kind: 'filtered'; shown: number; count: number; side: number };

function isLive(card: BoardCard): boolean {
  return card.status !== 'CANCELED' && card.status !== 'NO_SHOW';
}

export function figuresOf(board: Pick<Board, 'cards' | 'from' | 'today'>, filters: BoardFilters, now: number): Figures {
  const live = board.cards.filter(isLive);
  const ahead = isAhead(board);
  const own = ahead ? live.filter((card) => !card.carryOver) : live;
  if (isFiltering(filters)) {
    const shown = board.cards.filter((card) => matches(card, filters));
    return {
      kind: 'filtered',
      shown: own.filter((card) => shown.includes(card)).length,
      count: own.length,
      side: shown.filter((card) => !isLive(card)).length,
    };
  }
  const seesMoney = board.cards.some((card) => card.totalCents !== undefined);
  const sum = (cents: (card: BoardCard) => number): number | null =>
    seesMoney ? own.reduce((total, card) => total + cents(card), 0) : null;
  if (ahead) {
    return { kind: 'ahead', booked: own.length, bookedCents: sum((card) => card.totalCents ?? 0), carriedOver: live.length - own.length };
  }
  return {
    kind: 'now',
    jobs: live.length,
    onPremises: live.filter(isOnPremises).length,
    late: live.filter((card) => isLate(card, now)).length,
    dueCents: sum(dueCents),
  };
}
