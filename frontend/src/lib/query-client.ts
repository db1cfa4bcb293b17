import type { QueryKey } from '@tanstack/react-query';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from '@/api';
import { meKeys } from './query-keys';

/** Reads are repeated twice when the network or a gateway failed; what the server refused on purpose is not asked again. */
function retry(failures: number, error: Error): boolean {
  if (failures >= 2 || !(error instanceof ApiError)) return false;
  return error.status === 0 || error.status === 502 || error.status === 503 || error.status === 504;
}

export function createQueryClient(): QueryClient {
  /** Refused for the role: perhaps it has changed since this page asked what it may show. */
  const onError = (error: Error): void => {
    if (error instanceof ApiError && error.code === 'forbidden') void client.invalidateQueries({ queryKey: meKeys.all });
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        retry,
        retryDelay: (attempt) => 400 * 2 ** attempt * (0.75 + Math.random() / 2),
        staleTime: 30_000,
        gcTime: 10 * 60_000,
        networkMode: 'always',
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
  return client;
}

/**
 * Asks again because something was told that the answer lacks. A request that is on its way may have been answered before that
 * happened: it is given up. Only a screen's first one is waited for, so that the screen shows something, and asked again then:
 * the library would take it for the new one.
 */
export function askAgain(client: QueryClient, queryKey: QueryKey): void {
  const first = client.getQueryCache().findAll({ queryKey, fetchStatus: 'fetching', predicate: ({ state }) => state.data === undefined });
  for (const query of first) {
    const again = (): void => void client.invalidateQueries({ queryKey: query.queryKey, exact: true });
    void query.promise?.then(again, again);
  }
  void client.invalidateQueries({ queryKey });
}
