import { queryOptions } from '@tanstack/react-query';
import { api } from '@/api';
import { shopKeys } from '@/lib/query-keys';
import type { LocationDetail, Page, Person } from '@/types';

/** What every screen needs of the shop itself; it changes rarely. */
export const shopQueries = {
  locations: () =>
    queryOptions({
      queryKey: shopKeys.locations(),
      queryFn: ({ signal }) => api.get<Page<LocationDetail>>('/api/locations', { signal }).then((page) => page.items),
      staleTime: 5 * 60_000,
    }),
  technicians: (locationId: string) =>
    queryOptions({
      queryKey: shopKeys.technicians(locationId),
      queryFn: ({ signal }) =>
        api
          .get<Page<Person>>('/api/users', { query: { role: 'Tech', locationId, isActive: true, limit: 200 }, signal })
          .then((page) => page.items),
      staleTime: 5 * 60_000,
    }),
};
