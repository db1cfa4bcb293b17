import { queryOptions } from '@tanstack/react-query';
import { api } from '@/api';
import { bookKeys } from '@/lib/query-keys';
import type { ExportAllowance } from '@/types';

/** How many files one may still take within the hour: the books' reports and the rows of figures together. */
export const exportAllowance = () =>
  queryOptions({
    queryKey: bookKeys.allowance(),
    queryFn: ({ signal }) => api.get<ExportAllowance>('/api/admin/reports', { signal }),
    refetchInterval: 60_000,
  });
