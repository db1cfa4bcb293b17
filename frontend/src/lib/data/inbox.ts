import { queryOptions } from '@tanstack/react-query';
import { api } from '@/api';
import { inboxKeys } from '@/lib/query-keys';

export interface InboxSummary {
  open: number;
  mine: number;
  unread: number;
  oldestSince: string | null;
  reviews: number;
  failed: number;
  proposed: number;
}

/** The inbox in numbers, for the menu and for the inbox itself. */
export function inboxSummary(locationId: string) {
  return queryOptions({
    queryKey: inboxKeys.summary(locationId),
    queryFn: ({ signal }) => api.get<InboxSummary>('/api/inbox/summary', { query: { locationId }, signal }),
    staleTime: 5_000,
  });
}
