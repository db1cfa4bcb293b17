import { queryOptions } from '@tanstack/react-query';
import { api, buildUrl } from '@/api';
import { withMissed } from '@/lib/events';
import { boardKeys } from '@/lib/query-keys';
import { writeStored } from '@/lib/stored';
import type { Board } from '@/types';
import { applyLive } from './apply-live';
import { inOrder } from './order';
import { shareCards } from './share';

export interface BoardQuery {
  locationId: string;
  /** Local days, inclusive; null is today. */
  from: string | null;
  to: string | null;
}

const PATH = '/api/admin/appointments/board';

export const boardQueries = {
  /**
   * The whole board of one location. Technician and text filter it in the browser: every change is then instant, and live
   * changes keep one order only.
   */
  list: (query: BoardQuery) =>
    queryOptions({
      queryKey: boardKeys.list(query),
      queryFn: ({ signal }) =>
        withMissed(
          'appointment',
          () => api.get<Board>(PATH, { query: { ...query }, signal }).then(inOrder),
          (board, event) => (event.locationId === query.locationId ? applyLive(board, event) : board),
        ),
      staleTime: 15_000,
      structuralSharing: (before, after) => (before ? shareCards(before as Board, after as Board) : after),
    }),
};

/** Tells boot.js which request to start early when this address is opened again. */
export function rememberRequest(search: string, query: BoardQuery): void {
  const params = new URLSearchParams(search);
  params.delete('open');
  params.delete('tab');
  writeStored('board.request', JSON.stringify({ search: params.toString(), url: buildUrl(PATH, { ...query }) }));
}
