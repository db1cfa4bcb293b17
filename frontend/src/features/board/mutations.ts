import type { QueryClient } from '@tanstack/react-query';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { ApiError, api } from '@/api';
import { toast } from '@/components/ui/toast-store';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { appointmentKeys, boardKeys } from '@/lib/query-keys';
import { errorReference, errorWords } from '@/lib/error-words';
import { STATUS } from '@/lib/status';
import type { Board, BoardCard, MoveResult, Status } from '@/types';
import { beginMove, endMove, focusCard, markLanded, movesPending } from './board-store';
import { cardName } from './card-words';
import { findCard, lanesOf, placeAfter, placeByKey, removeCard, replaceCard } from './order';
import type { BoardQuery } from './queries';

export interface MoveInput {
  id: string;
  to: Status;
  /** The card above the new place; null is the top. */
  afterId: string | null;
  reason?: string;
  /** Called when the shop has it. */
  onMoved?: () => void;
}
/** Cards as the server last gave them, while moves of them are on their way: what the screen shows then may never become true. */
const confirmed = new Map<string, BoardCard>();

/** One message about a card's move at a time: a refusal takes the place of "is now Ready". */
export function moveToastKey(id: string): string {
  return `move ${id}`;
}

function patchBoard(client: QueryClient, query: BoardQuery, change: (board: Board) => Board): void {
  client.setQueryData<Board>(boardKeys.list(query), (board) => board && change(board));
}

/**
 * Sends the move with the version that this screen saw. When someone else changed the card meanwhile but it still stands where
 * we saw it, the person's intent is unharmed: the move is sent once more with the fresh version.
 */
async function sendMove(input: MoveInput, seen: BoardCard, version: number): Promise<MoveResult> {
  const send = (with_: number) =>
    api.patch<MoveResult>(`/api/admin/appointments/${input.id}/move`, {
      body: { status: input.to, afterId: input.afterId, version: with_, ...(input.reason ? { reason: input.reason } : {}) },
    });
  try {
    return await send(version);
  } catch (error) {
    const current = error instanceof ApiError && error.status === 409 ? error.extra<BoardCard>('card') : undefined;
    if (!current || current.status !== seen.status || current.version === version) throw error;
    return send(current.version);
  }
}

/** Puts the card in its new place on the screen, says so, and remembers the way back. */
function showMove(client: QueryClient, query: BoardQuery, input: MoveInput): void {
  // An answer on its way would show the card at its old place again.
  void client.cancelQueries({ queryKey: boardKeys.all });
  const board = client.getQueryData<Board>(boardKeys.list(query));
  const card = findCard(board, input.id);
  if (!board || !card) return;
  if (!confirmed.has(card.id)) confirmed.set(card.id, card);
  const isSame = card.status === input.to;
  const moved = isSame ? card : { ...card, status: input.to, statusSince: new Date().toISOString() };
  const next = placeAfter(board, moved, input.afterId);
  client.setQueryData(boardKeys.list(query), next);
  markLanded(input.id);
  const lane = lanesOf(next.cards)[input.to];
  const place = { position: lane.findIndex((one) => one.id === input.id) + 1, count: lane.length };
  const words = { card: cardName(card), to: t(STATUS[input.to].word), ...place };
  announce(isSame ? t('move.announce.within', words) : t('move.announce', { ...words, from: t(STATUS[card.status].word) }));
}

/** Moves a card at once on the screen and then in the shop; a refusal puts this one card back and says why. */
export function useMoveCard(query: BoardQuery): (input: MoveInput & { seen: BoardCard }) => void {
  const client = useQueryClient();
  const { mutate } = useMutation({
    mutationKey: boardKeys.move,
    // One after the other: a second move of a card builds on the first one's version.
    scope: { id: 'board-move' },
    mutationFn: (input: MoveInput & { seen: BoardCard }) => {
      const current = findCard(client.getQueryData<Board>(boardKeys.list(query)), input.id) ?? input.seen;
      return sendMove(input, input.seen, current.version);
    },
    onSuccess: (result, input) => {
      input.onMoved?.();
      const isLast = movesPending(input.id) === 1;
      const before = confirmed.get(input.id);
      if (before) confirmed.set(input.id, { ...result.card, carryOver: before.carryOver ?? false });
      patchBoard(client, query, (board) => {
        const shown = findCard(board, input.id);
        if (!shown) return board;
        // A newer move of this card is on its way: keep its place, take the version that it has to build on.
        if (!isLast) return replaceCard(board, { ...shown, version: result.version });
        return placeByKey(board, { ...result.card, carryOver: shown.carryOver ?? false });
      });
    },
    onError: (error, { id }) => {
      const before = confirmed.get(id);
      if (!before || movesPending(id) > 1) return;
      const current = error instanceof ApiError ? error.extra<BoardCard>('card') : undefined;
      const isGone = error instanceof ApiError && error.status === 404;
      patchBoard(client, query, (board) => {
        if (isGone) return removeCard(board, id);
        return placeByKey(board, current ?? before);
      });
      const back = t(STATUS[(current ?? before).status].word);
      const isOvertaken = current !== undefined && current.status !== before.status;
      const reason = [errorWords(error), errorReference(error)].filter(Boolean).join(' ');
      toast({ tone: 'error', key: moveToastKey(id), title: t(isOvertaken ? 'move.overtaken' : 'move.failed', { card: cardName(before), to: back }), detail: reason, silent: true });
      announce(t('move.undone', { card: cardName(before), to: back, reason: errorWords(error) }));
      focusCard(id);
    },
    onSettled: (_result, error, input) => {
      endMove(input.id);
      if (movesPending(input.id) === 0) confirmed.delete(input.id);
      if (movesPending() > 0) return;
      // After a success the answer and the stream say all there is; a refusal means that this screen was behind.
      if (error) void client.invalidateQueries({ queryKey: boardKeys.all });
      void client.invalidateQueries({ queryKey: appointmentKeys.drawer(input.id) });
    },
  });
  return useCallback(
    (input) => {
      // Before the request and not in `onMutate`, which runs a moment later: focus follows the card to its new place.
      beginMove(input.id);
      showMove(client, query, input);
      mutate(input);
    },
    [client, mutate, query],
  );
}
