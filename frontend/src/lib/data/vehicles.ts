import { queryOptions } from '@tanstack/react-query';
import { api } from '@/api';
import { vehicleKeys } from '@/lib/query-keys';
import type { Page } from '@/types';

export interface FoundVehicle {
  id: string;
  label: string | null;
  plate: string | null;
}

/** Vehicles by plate, VIN tail or words; those of one customer when they are known. */
export function vehicleSearch(q: string, customerId: string | null, limit = 8) {
  return queryOptions({
    queryKey: vehicleKeys.search(`${customerId ?? ''} ${q}`),
    queryFn: ({ signal }) =>
      api.get<Page<FoundVehicle>>('/api/vehicles', { query: { q, customerId, limit }, signal }).then((page) => page.items),
    enabled: q.trim().length >= 2,
    staleTime: 10_000,
  });
}
