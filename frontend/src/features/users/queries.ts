import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '@/api';
import { userKeys } from '@/lib/query-keys';
import type { Page, PermissionMatrix, Person, ShopLocation } from '@/types';

export type ActiveFilter = 'active' | 'inactive' | 'all';

const PAGE = 50;

export const userQueries = {
  list: (q: string, show: ActiveFilter) =>
    infiniteQueryOptions({
      queryKey: userKeys.list({ q, show }),
      queryFn: ({ signal, pageParam }) =>
        api.get<Page<Person>>('/api/users', {
          query: { q, isActive: show === 'all' ? null : show === 'active', limit: PAGE, cursor: pageParam },
          signal,
        }),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
      placeholderData: keepPreviousData,
    }),
  /** The active Owners: whether somebody is the last one, two suffice to tell. */
  owners: () =>
    queryOptions({
      queryKey: userKeys.list({ owners: 'active' }),
      queryFn: ({ signal }) =>
        api.get<Page<Person>>('/api/users', { query: { role: 'Owner', isActive: true, limit: 2 }, signal }).then((page) => page.items),
    }),
  /** Every location of the shop, also those where the Owner does not work. */
  locations: () =>
    queryOptions({
      queryKey: userKeys.locations(),
      queryFn: ({ signal }) => api.get<{ items: ShopLocation[] }>('/api/users/locations', { signal }).then((answer) => answer.items),
      staleTime: 60_000,
    }),
  permissions: () =>
    queryOptions({
      queryKey: userKeys.permissions(),
      queryFn: ({ signal }) => api.get<PermissionMatrix>('/api/permissions', { signal }),
      staleTime: Infinity,
    }),
};
