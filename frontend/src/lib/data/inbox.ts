import { queryOptions } from '@tanstack/react-query';
import { api } from '@/api';
import { consentKeys, inboxKeys, messageKeys } from '@/lib/query-keys';
import type { ConsentReview, InboxSummary, Page, WaitingMessage } from '@/types';

/** The inbox in numbers, for the menu and for the inbox itself. */
export function inboxSummary(locationId: string) {
  return queryOptions({
    queryKey: inboxKeys.summary(locationId),
    queryFn: ({ signal }) => api.get<InboxSummary>('/api/inbox/summary', { query: { locationId }, signal }),
    staleTime: 5_000,
  });
}

/** Texts that need a person, the newest first, the held ones by their release: not sent, held or proposed; of every kind for null. */
export function waitingTexts(locationId: string, kind: 'failed' | 'held' | 'proposed' | null) {
  return queryOptions({
    queryKey: messageKeys.waiting(locationId, kind ?? 'all'),
    queryFn: ({ signal }) =>
      api.get<Page<WaitingMessage>>('/api/messages/waiting', { query: { locationId, kind, limit: 200 }, signal }).then((page) => page.items),
    staleTime: 5_000,
  });
}

/** The replies of a location that a person must read, the most urgent first. */
export function openReviews(locationId: string) {
  return queryOptions({
    queryKey: consentKeys.reviews(locationId),
    queryFn: ({ signal }) => api.get<{ items: ConsentReview[] }>('/api/consent/reviews', { query: { locationId }, signal }).then((page) => page.items),
    staleTime: 5_000,
  });
}
