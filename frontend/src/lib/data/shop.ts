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
  /** The kinds of visit that are in use, for the fields that take one. */
  visitTypes: (locationId: string) =>
    queryOptions({
      queryKey: shopKeys.visitTypes(locationId),
      queryFn: ({ signal }) => api.get<{ items: string[] }>('/api/visit-types', { query: { locationId }, signal }).then(({ items }) => items),
      staleTime: 5 * 60_000,
    }),
  /** Those who write to customers: owners and advisors of a location. */
  writers: (locationId: string) =>
    queryOptions({
      queryKey: shopKeys.writers(locationId),
      queryFn: async ({ signal }) => {
        const pages = await Promise.all(
          ['Owner', 'Advisor'].map((role) =>
            api.get<Page<Person>>('/api/users', { query: { role, locationId, isActive: true, limit: 200 }, signal }),
          ),
        );
        return pages.flatMap((page) => page.items).sort((a, b) => a.name.localeCompare(b.name));
      },
      staleTime: 5 * 60_000,
    }),
};
