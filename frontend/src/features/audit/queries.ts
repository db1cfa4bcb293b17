import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '@/api';
import { auditKeys } from '@/lib/query-keys';
import type { AuditStatus, Page, TrailRow } from '@/types';

const PAGE = 50;

/** What narrows the log down; null is everything. */
export interface AuditFilter {
  locationId: string | null;
  who: string | null;
  action: string | null;
  entity: string | null;
  entityId: string | null;
  from: string | null;
  to: string | null;
}

export const auditQueries = {
  list: (filter: AuditFilter) =>
    infiniteQueryOptions({
      queryKey: auditKeys.list({ ...filter }),
      queryFn: ({ signal, pageParam }) =>
        api.get<Page<TrailRow>>('/api/admin/audit', { query: { ...filter, limit: PAGE, cursor: pageParam }, signal }),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
      placeholderData: keepPreviousData,
    }),
  status: () =>
    queryOptions({
      queryKey: auditKeys.status(),
      queryFn: ({ signal }) => api.get<AuditStatus>('/api/admin/audit/status', { signal }),
      // What was just written is sealed within seconds.
      refetchInterval: 15_000,
    }),
};
