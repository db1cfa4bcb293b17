import { QueryClient } from '@tanstack/react-query';
import { ApiError } from '@/api';

/** Reads are repeated twice when the network or a gateway failed; what the server refused on purpose is not asked again. */
function retry(failures: number, error: Error): boolean {
  if (failures >= 2 || !(error instanceof ApiError)) return false;
  return error.status === 0 || error.status === 502 || error.status === 503 || error.status === 504;
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
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
}
