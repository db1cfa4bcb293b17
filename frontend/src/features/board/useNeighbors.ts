import { useQueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { boardKeys } from '@/lib/query-keys';
import type { Board, BoardCard } from '@/types';

/** The newest board in the cache that shows the job. */
function boardWith(boards: [readonly unknown[], Board | undefined][], id: string): Board | undefined {
  return boards.map(([, board]) => board).findLast((board) => board?.cards.some((card) => card.id === id));
}

/** A job's card on the board and the cards beside it in its lane, for stepping through them. */
export function useNeighbors(id: string): { card: BoardCard | null; previousId: string | null; nextId: string | null } {
  const client = useQueryClient();
  const board = useSyncExternalStore(
    (listener) => client.getQueryCache().subscribe(listener),
    () => boardWith(client.getQueriesData<Board>({ queryKey: [...boardKeys.all, 'list'] }), id),
  );
  const card = board?.cards.find((one) => one.id === id) ?? null;
  const lane = card && board ? board.cards.filter((one) => one.status === card.status) : [];
  const at = lane.findIndex((one) => one.id === id);
  return { card, previousId: lane[at - 1]?.id ?? null, nextId: at < 0 ? null : (lane[at + 1]?.id ?? null) };
}
