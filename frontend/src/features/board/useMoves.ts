import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { toast } from '@/components/ui/toast-store';
import { useSession } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { boardKeys } from '@/lib/query-keys';
import { STATUS, failedCheckOf, moveRefusal, needsReason, refusalWords } from '@/lib/status';
import type { Board, BoardCard, Status } from '@/types';
import { focusCard } from './board-store';
import { cardName } from './card-words';
import { moveToastKey, useMoveCard } from './mutations';
import { cardAbove, findCard, lanesOf, lastOf } from './order';
import type { BoardQuery } from './queries';
import type { Drop } from './useCardDrag';
import { useUndo } from './useUndo';

interface Target {
  card: BoardCard;
  to: Status;
  afterId: string | null;
}

/** How long the reason of a refused move stays: two sentences to read, in milliseconds. */
const REFUSAL = 8_000;

/** Every way to move a card, in one place: dropped, by menu, one step by key, taken back. */
export function useMoves(query: BoardQuery) {
  const client = useQueryClient();
  const { can, me } = useSession();
  const seesTexts = can('message:view') && me.flags.messaging;
  const maySend = can('message:send');
  const send = useMoveCard(query);
  const { undo, tell, tellMore } = useUndo(send);
  /** A move that waits for its reason. */
  const [asking, setAsking] = useState<Target | null>(null);

  const read = useCallback(() => client.getQueryData<Board>(boardKeys.list(query)), [client, query]);

  const move = useCallback(
    ({ card, to, afterId }: Target, reason?: string) => {
      const board = read();
      if (!board) return;
      if (needsReason(card.status, to, failedCheckOf(card)) && !reason) {
        setAsking({ card, to, afterId });
        return;
      }
      const back = { id: card.id, to: card.status, afterId: cardAbove(board, card.id) };
      const isReversible = to === card.status || moveRefusal(to, card.status, can) === null;
      const onMoved = (): void => {
        if (to === card.status || !seesTexts) return;
        void import('@/components/ui/leaving-text').then(({ tellLeaving }) =>
          tellLeaving(card.id, board.location.timezone, maySend, (words) => tellMore(card.id, words)),
        );
      };
      send({ id: card.id, to, afterId, seen: card, onMoved, ...(reason ? { reason } : {}) });
      const backReason = needsReason(to, card.status, failedCheckOf(card)) ? { reason: t('move.undo.reason') } : {};
      tell(
        card.id,
        to === card.status ? null : t('move.done', { card: cardName(card), to: t(STATUS[to].word) }),
        isReversible ? { ...back, ...backReason, seen: { ...card, status: to } } : null,
      );
    },
    [can, maySend, read, seesTexts, send, tell, tellMore],
  );

  /** Says why a card does not go where someone wants it; nothing is sent. */
  const refuse = useCallback(
    (card: BoardCard, to: Status) => {
      const words = { card: cardName(card), status: t(STATUS[card.status].word) };
      const detail = refusalWords(card.status, to, can);
      if (detail === null) announce(t('move.refused.here', words));
      else toast({ tone: 'info', key: moveToastKey(card.id), title: t('move.refused.title', words), detail, timeout: REFUSAL });
    },
    [can],
  );

  const drop = useCallback(
    (dropped: Drop) => {
      const board = read();
      const card = findCard(board, dropped.id);
      if (!board || !card) return;
      if (moveRefusal(card.status, dropped.to, can) !== null) {
        refuse(card, dropped.to);
        return;
      }
      const lane = lanesOf(board.cards)[dropped.to].filter((one) => one.id !== card.id);
      const { at } = dropped;
      const index = at ? lane.findIndex((one) => one.id === at.id) : -1;
      const afterId =
        at && index >= 0 ? (at.edge === 'bottom' ? at.id : (lane[index - 1]?.id ?? null)) : (lane.at(-1)?.id ?? null);
      if (dropped.to === card.status && afterId === cardAbove(board, card.id)) return;
      move({ card, to: dropped.to, afterId });
    },
    [can, move, read, refuse],
  );

  /** To another state by menu: the end of its lane; focus follows the card. */
  const moveTo = useCallback(
    (card: BoardCard, to: Status) => {
      const board = read();
      if (!board) return;
      move({ card, to, afterId: lastOf(board, to, card.id) });
      if (!needsReason(card.status, to, failedCheckOf(card))) focusCard(card.id);
    },
    [move, read],
  );

  const reorder = useCallback(
    (card: BoardCard, step: -1 | 1) => {
      const board = read();
      if (!board || !can('appointment:move')) return;
      const lane = lanesOf(board.cards)[card.status];
      const at = lane.findIndex((one) => one.id === card.id);
      if (at < 0 || at + step < 0 || at + step >= lane.length) return;
      move({ card, to: card.status, afterId: (step === 1 ? lane[at + 1] : lane[at - 2])?.id ?? null });
      focusCard(card.id);
    },
    [can, move, read],
  );

  const giveReason = useCallback(
    (reason: string) => {
      if (!asking) return;
      setAsking(null);
      move(asking, reason);
      focusCard(asking.card.id);
    },
    [asking, move],
  );
  return { drop, move, moveTo, refuse, reorder, undo, asking, giveReason, stopAsking: () => setAsking(null) };
}
