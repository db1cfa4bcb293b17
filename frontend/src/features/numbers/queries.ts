import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '@/api';
import { numbersKeys } from '@/lib/query-keys';
import type { CarHere, FigureRows, Page, Stats } from '@/types';

/** Whose numbers of which days. */
export interface Asked {
  locationId: string | null;
  from: string;
  to: string;
  techId: string | null;
  /** `true`: of all of one's locations, whichever is named. */
  allLocations: string | null;
  /** The day that the days were counted from: each location's are then counted from its own. Null for fixed days. */
  relativeTo: string | null;
}

const PAGE = 50;
const RENEW = 60_000;

export const numbersQueries = {
  stats: (asked: Asked) =>
    queryOptions({
      queryKey: numbersKeys.stats({ ...asked }),
      queryFn: ({ signal }) => api.get<Stats>('/api/admin/dashboard/stats', { query: { ...asked }, signal }),
      placeholderData: keepPreviousData,
      staleTime: 5_000,
      refetchInterval: RENEW,
    }),
  rows: (key: string, asked: Asked) =>
    infiniteQueryOptions({
      queryKey: numbersKeys.rows(key, { ...asked }),
      queryFn: ({ signal, pageParam }) =>
        api.get<FigureRows>(`/api/admin/dashboard/stats/${key}/rows`, { query: { ...asked, limit: PAGE, cursor: pageParam }, signal }),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
      staleTime: 0,
    }),
  /** The three cars that wait most and are worth most. */
  stuck: (locationId: string | null, techId: string | null) =>
    queryOptions({
      queryKey: numbersKeys.stuck({ locationId, techId }),
      queryFn: ({ signal }) =>
        api
          .get<Page<CarHere>>('/api/admin/cars-on-premises', { query: { locationId, techId, stuck: true, limit: 3 }, signal })
          .then((page) => page.items),
      refetchInterval: RENEW,
    }),
};
