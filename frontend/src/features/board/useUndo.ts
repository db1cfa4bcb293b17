import { useCallback, useRef } from 'react';
import { dismissToast, toast } from '@/components/ui/toast-store';
import { t } from '@/i18n/t';
import type { BoardCard } from '@/types';
import { focusCard } from './board-store';
import type { MoveInput } from './mutations';
import { moveToastKey } from './mutations';

/** So long the server holds back what a move tells. */
const LIMIT = 8_000;

type Move = MoveInput & { seen: BoardCard };

/** Remembers the last move for eight seconds, so that Ctrl-Z or the toast's button can send the reverse one. */
export function useUndo(send: (move: Move) => void): {
  undo: () => void;
  /** Shows what was done; `reverse` is null for what cannot be taken back. */
  tell: (id: string, title: string | null, reverse: Move | null) => void;
  /** Adds to the message of a card's last move what the customer gets; nothing once another move was told. */
  tellMore: (id: string, detail: string) => void;
} {
  const last = useRef<{ move: Move; at: number } | null>(null);
  const toastId = useRef(0);
  const told = useRef<{ id: string; title: string; reverse: Move | null; at: number } | null>(null);
  const undo = useCallback(() => {
    const found = last.current;
    last.current = told.current = null;
    dismissToast(toastId.current);
    if (found && Date.now() - found.at <= LIMIT) {
      send(found.move);
      focusCard(found.move.id);
    } else toast({ tone: 'info', title: t('move.nothingToUndo') });
  }, [send]);
  const show = useCallback(
    (detail?: string) => {
      if (!told.current) return;
      const { id, title, reverse, at } = told.current;
      const action = reverse ? { action: { label: t('action.undo'), run: undo } } : {};
      const left = Math.max(0, at + LIMIT - Date.now());
      const timeout = reverse || detail ? left : 4_000;
      // The move itself was announced as it was made; what the customer gets is news.
      toastId.current = toast({ tone: 'success', key: moveToastKey(id), title, silent: !detail, timeout, ...(detail ? { detail } : {}), ...action });
    },
    [undo],
  );
  const tell = useCallback(
    (id: string, title: string | null, reverse: Move | null) => {
      const at = Date.now();
      last.current = reverse && { move: reverse, at };
      told.current = title === null ? null : { id, title, reverse, at };
      // Only the last move can be taken back: the older message's button would act on the wrong one.
      dismissToast(toastId.current);
      show();
    },
    [show],
  );
  const tellMore = useCallback(
    (id: string, detail: string) => {
      if (told.current?.id === id && Date.now() - told.current.at < LIMIT) show(detail);
    },
    [show],
  );
  return { undo, tell, tellMore };
}
