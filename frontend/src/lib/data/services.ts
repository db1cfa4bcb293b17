import { queryOptions } from '@tanstack/react-query';
import { api } from '@/api';
import { appointmentKeys } from '@/lib/query-keys';
import type { DeclinedJob, Page, Sheet } from '@/types';

export const serviceQueries = {
  sheet: (appointmentId: string) =>
    queryOptions({
      queryKey: appointmentKeys.services(appointmentId),
      queryFn: ({ signal }) => api.get<Sheet>(`/api/appointments/${appointmentId}/services`, { signal }),
      staleTime: 5_000,
    }),
  /** What this car was declined at other visits. */
  declined: (appointmentId: string) =>
    queryOptions({
      queryKey: appointmentKeys.declined(appointmentId),
      queryFn: ({ signal }) =>
        api.get<Page<DeclinedJob>>(`/api/appointments/${appointmentId}/jobs/declined`, { signal }).then((page) => page.items),
      staleTime: 30_000,
    }),
};
