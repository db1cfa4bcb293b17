import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useLive, usePollInterval } from '@/lib/events';
import { askAgain } from '@/lib/query-client';
import { boardKeys } from '@/lib/query-keys';
import { useSettle } from '@/lib/settle';
import type { Board, BoardCard, LiveAppointment } from '@/types';
import { movesPending } from './board-store';
import { belongs, findCard, isCarriedOver, placeByKey, removeCard, replaceCard } from './order';
import type { BoardQuery } from './queries';
import { boardQueries } from './queries';

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

/** How often to ask while the stream of live changes is away. */
const POLL = 2_000;

/** Applies one live change to a board; the board itself when it brings nothing new. */
export function applyLive(board: Board, event: LiveAppointment): Board {
  const shown = findCard(board, event.id);
  if (shown && !event.deleted && shown.version === event.version && event.card) return withFacts(board, shown, event.card);
  if (shown && !event.deleted && shown.version >= event.version) return board;
  if (event.deleted || !event.card) return event.deleted && shown ? removeCard(board, event.id) : board;
  if (!belongs(board, event.card)) return shown ? removeCard(board, event.id) : board;
  return placeByKey(board, { ...event.card, carryOver: isCarriedOver(board, event.card) });
}

/** The board of these days, kept up to date by the stream, by polling when the stream is away, and on return to the tab. */
export function useBoard(query: BoardQuery) {
  const client = useQueryClient();
  const poll = usePollInterval(POLL);
  const result = useQuery({
    ...boardQueries.list(query),
    refetchInterval: () => (poll && movesPending() === 0 ? poll : false),
  });

  const settle = useSettle(
    () => askAgain(client, boardKeys.all),
    () => movesPending() > 0,
  );

  useLive('appointment', (event) => {
    if (event.locationId !== query.locationId) return;
    // A move of ours is on its way: its answer brings the newest state.
    if (movesPending(event.id) === 0) {
      client.setQueryData<Board>(boardKeys.list(query), (board) => board && applyLive(board, event));
    }
    settle();
  });
  // What is asked for while a move of ours is on its way may be answered from before it.
  const ask = (): void => {
    if (movesPending() === 0) askAgain(client, boardKeys.all);
    else settle();
  };
  // Cards carry the names of people and cars; a change of those comes without the card, and is a 304 where it shows nowhere.
  useLive('customer', ask);
  useLive('resync', ask);
  return result;
}
