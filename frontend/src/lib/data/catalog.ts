import { queryOptions } from '@tanstack/react-query';
import { api } from '@/api';
import { catalogKeys } from '@/lib/query-keys';
import type { CatalogJob, LocationSettings, Page, Rates } from '@/types';

/** All pages of a list that people look through as one. */
async function allJobs(query: Record<string, string | boolean | null>, signal: AbortSignal): Promise<CatalogJob[]> {
  const found: CatalogJob[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<CatalogJob> = await api.get('/api/catalog/jobs', { query: { ...query, limit: 200, cursor }, signal });
    found.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
}

export const catalogQueries = {
  /** What a location sells, with its prices; also what is switched off where `all` says so. */
  jobs: (locationId: string, { all = false } = {}) =>
    queryOptions({
      queryKey: catalogKeys.list({ locationId, all }),
      queryFn: ({ signal }) => allJobs({ locationId, all: all || null }, signal),
      staleTime: 60_000,
    }),
  rates: (locationId: string) =>
    queryOptions({
      queryKey: catalogKeys.rates(locationId),
      queryFn: ({ signal }) => api.get<Rates>('/api/catalog/rates', { query: { locationId }, signal }),
      staleTime: 60_000,
    }),
  settings: (locationId: string) =>
    queryOptions({
      queryKey: catalogKeys.settings(locationId),
      queryFn: ({ signal }) => api.get<LocationSettings>(`/api/locations/${locationId}`, { signal }),
      staleTime: 60_000,
    }),
};
