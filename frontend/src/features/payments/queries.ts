import { queryOptions } from '@tanstack/react-query';
import { api } from '@/api';
import { paymentKeys } from '@/lib/query-keys';
import type { Ledger } from '@/types';

/** A visit's whole ledger, what is owed, and its invoice. */
export function ledgerQuery(appointmentId: string) {
  return queryOptions({
    queryKey: paymentKeys.ledger(appointmentId),
    queryFn: ({ signal }) => api.get<Ledger>(`/api/appointments/${appointmentId}/payments`, { signal }),
    staleTime: 5_000,
  });
}
