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
