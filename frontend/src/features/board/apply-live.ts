import type { Board, BoardCard, LiveAppointment } from '@/types';
import { belongs, findCard, isCarriedOver, placeByKey, removeCard, replaceCard } from './order';

/** What changes on a card without an edit of its job, so without another version: its work, money and texts. */
const UNVERSIONED = ['servicesSummary', 'totalCents', 'paidCents', 'unreadCount'] as const;

type CardEstimate = BoardCard['estimate'];

function isSameEstimate(one: NonNullable<CardEstimate>, other: CardEstimate): boolean {
  return one.state === other?.state && one.approved === other.approved && one.offered === other.offered;
}

function withFacts(board: Board, shown: BoardCard, card: BoardCard): Board {
  const facts: Partial<BoardCard> = Object.fromEntries(UNVERSIONED.filter((name) => card[name] !== undefined && card[name] !== shown[name]).map((name) => [name, card[name]]));
  if (card.estimate && !isSameEstimate(card.estimate, shown.estimate)) facts.estimate = card.estimate;
  return Object.keys(facts).length > 0 ? replaceCard(board, { ...shown, ...facts }) : board;
}

/** Applies one live change to a board; the board itself when it brings nothing new. */
export function applyLive(board: Board, event: LiveAppointment): Board {
  const shown = findCard(board, event.id);
  if (shown && !event.deleted && shown.version === event.version && event.card) return withFacts(board, shown, event.card);
  if (shown && !event.deleted && shown.version >= event.version) return board;
  if (event.deleted || !event.card) return event.deleted && shown ? removeCard(board, event.id) : board;
  if (!belongs(board, event.card)) return shown ? removeCard(board, event.id) : board;
  return placeByKey(board, { ...event.card, carryOver: isCarriedOver(board, event.card) });
}
