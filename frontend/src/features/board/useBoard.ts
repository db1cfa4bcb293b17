import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useLive, usePollInterval } from '@/lib/events';
import { askAgain } from '@/lib/query-client';
import { boardKeys } from '@/lib/query-keys';
import { useSettle } from '@/lib/settle';
import type { Board } from '@/types';
import { applyLive } from './apply-live';
import { movesPending } from './board-store';
import type { BoardQuery } from './queries';
import { boardQueries } from './queries';

/** How often to ask while the stream of live changes is away. */
const POLL = 2_000;

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
