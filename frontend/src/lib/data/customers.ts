import { queryOptions } from '@tanstack/react-query';
import { api } from '@/api';
import { customerKeys } from '@/lib/query-keys';
import type { CustomerListItem, Page } from '@/types';

/** Search as one types: by name with typos, digits of the phone, plate, or the tail of a VIN. */
export function customerSearch(q: string, limit = 8) {
  return queryOptions({
    queryKey: customerKeys.search(q),
    queryFn: ({ signal }) => api.get<Page<CustomerListItem>>('/api/customers', { query: { q, limit }, signal }).then((page) => page.items),
    enabled: q.trim().length >= 2,
    staleTime: 10_000,
    // Callers add `placeholderData: keepPreviousData` where the last answer should stay while the next one is fetched.
  });
}

/** One customer with their vehicles, as the new-appointment form shows them. */
export function customerForNew(id: string | null) {
  return queryOptions({
    queryKey: customerKeys.forNew(id ?? ''),
    queryFn: async ({ signal }): Promise<CustomerListItem> => {
      const [customer, vehicles] = await Promise.all([
        api.get<Omit<CustomerListItem, 'vehicles'>>(`/api/customers/${id ?? ''}`, { signal }),
        api.get<Page<CustomerListItem['vehicles'][number]>>('/api/vehicles', { query: { customerId: id, limit: 10 }, signal }),
      ]);
      return { ...customer, vehicles: vehicles.items };
    },
    enabled: id !== null,
    staleTime: 10_000,
  });
}
