import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '@/api';
import { customerKeys, vehicleKeys } from '@/lib/query-keys';
import type { Customer, CustomerListItem, Page, PossibleDuplicate, VinReport, Visit } from '@/types';

const PAGE = 100;
const VISITS = 20;

export const customerQueries = {
  /** Everyone by name, or those whom the text finds, best match first; page after page. */
  list: (q: string) =>
    infiniteQueryOptions({
      queryKey: customerKeys.list(q),
      queryFn: ({ signal, pageParam }) =>
        api.get<Page<CustomerListItem>>('/api/customers', { query: { q, limit: PAGE, cursor: pageParam }, signal }),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
      placeholderData: keepPreviousData,
      staleTime: 10_000,
    }),
  one: (id: string) =>
    queryOptions({
      queryKey: customerKeys.one(id),
      queryFn: ({ signal }) => api.get<Customer>(`/api/customers/${id}`, { signal }),
      staleTime: 5_000,
    }),
  history: (id: string) =>
    infiniteQueryOptions({
      queryKey: customerKeys.history(id),
      queryFn: ({ signal, pageParam }) =>
        api.get<Page<Visit>>(`/api/customers/${id}/history`, { query: { limit: VISITS, cursor: pageParam }, signal }),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
    }),
  duplicates: (id: string) =>
    queryOptions({
      queryKey: customerKeys.duplicates(id),
      queryFn: ({ signal }) =>
        api.get<{ items: PossibleDuplicate[] }>(`/api/customers/${id}/duplicates`, { signal }).then((answer) => answer.items),
    }),
};

export const vehicleQueries = {
  history: (id: string) =>
    infiniteQueryOptions({
      queryKey: vehicleKeys.history(id),
      queryFn: ({ signal, pageParam }) =>
        api.get<Page<Visit>>(`/api/vehicles/${id}/history`, { query: { limit: VISITS, cursor: pageParam }, signal }),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
    }),
  /** What the server reads in a complete VIN; the answer never changes. */
  vin: (vin: string) =>
    queryOptions({
      queryKey: vehicleKeys.vin(vin),
      queryFn: ({ signal }) => api.get<VinReport>(`/api/vin/${encodeURIComponent(vin)}`, { signal }),
      enabled: vin.length === 17,
      staleTime: Infinity,
    }),
};
