import { useCallback, useRef } from 'react';
import { dismissToast, toast } from '@/components/ui/toast-store';
import { t } from '@/i18n/t';
import type { BoardCard } from '@/types';
import { focusCard } from './board-store';
import type { MoveInput } from './mutations';
import { moveToastKey } from './mutations';

const LIMIT = 10_000;

type Move = MoveInput & { seen: BoardCard };

/** Remembers the last move for ten seconds, so that Ctrl-Z or the toast's button can send the reverse one. */
export function useUndo(send: (move: Move) => void): {
  undo: () => void;
  /** Shows what was done; `reverse` is null for what cannot be taken back. */
  tell: (id: string, title: string | null, reverse: Move | null) => void;
} {
  const last = useRef<{ move: Move; at: number } | null>(null);
  const toastId = useRef(0);
  const undo = useCallback(() => {
    const found = last.current;
    last.current = null;
    dismissToast(toastId.current);
    if (found && Date.now() - found.at <= LIMIT) {
      send(found.move);
      focusCard(found.move.id);
    } else toast({ tone: 'info', title: t('move.nothingToUndo') });
  }, [send]);
  const tell = useCallback(
    (id: string, title: string | null, reverse: Move | null) => {
      last.current = reverse && { move: reverse, at: Date.now() };
      // Only the last move can be taken back: the older message's button would act on the wrong one.
      dismissToast(toastId.current);
      if (title === null) return;
      const action = reverse ? { action: { label: t('action.undo'), run: undo } } : {};
      toastId.current = toast({ tone: 'success', key: moveToastKey(id), title, silent: true, timeout: reverse ? LIMIT : 4_000, ...action });
    },
    [undo],
  );
  return { undo, tell };
}
