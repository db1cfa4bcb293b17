import { useCallback, useRef } from 'react';
import { toast } from '@/components/ui/toast-store';
import { t } from '@/i18n/t';
import type { BoardCard } from '@/types';
import { focusCard } from './board-store';
import type { MoveInput } from './mutations';

const LIMIT = 10_000;

/** Remembers the last move for ten seconds, so that Ctrl-Z or the toast's button can send the reverse one. */
export function useUndo(move: (input: MoveInput & { seen: BoardCard }) => void) {
  const last = useRef<{ input: MoveInput & { seen: BoardCard }; at: number } | null>(null);
  const undo = useCallback(() => {
    const found = last.current;
    last.current = null;
    if (found && Date.now() - found.at <= LIMIT) {
      move(found.input);
      focusCard(found.input.id);
    }
    else toast({ tone: 'info', title: t('move.nothingToUndo') });
  }, [move]);
  const remember = useCallback((input: (MoveInput & { seen: BoardCard }) | null) => {
    last.current = input && { input, at: Date.now() };
  }, []);
  return { undo, remember };
}
