import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '@/api';
import { inboxKeys } from '@/lib/query-keys';
import type { Conversation, ConversationThread, Page } from '@/types';

export type View = 'open' | 'mine' | 'none' | 'snoozed' | 'done';
export const VIEWS: readonly View[] = ['open', 'mine', 'none', 'snoozed', 'done'];

export type DeskKind = 'failed' | 'held' | 'proposed';
export const DESK_KINDS: readonly DeskKind[] = ['failed', 'held', 'proposed'];

const PAGE = 50;

function filterOf(view: View): { state: string; owner: string | null } {
  if (view === 'mine') return { state: 'open', owner: 'me' };
  if (view === 'none') return { state: 'open', owner: 'none' };
  return { state: view, owner: null };
}

export const inboxQueries = {
  list: (locationId: string, view: View) =>
    infiniteQueryOptions({
      queryKey: inboxKeys.list({ locationId, view }),
      queryFn: ({ signal, pageParam }) =>
        api.get<Page<Conversation>>('/api/inbox', { query: { locationId, ...filterOf(view), limit: PAGE, cursor: pageParam }, signal }),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
      placeholderData: keepPreviousData,
      staleTime: 5_000,
    }),
  one: (id: string) =>
    queryOptions({
      queryKey: inboxKeys.one(id),
      queryFn: ({ signal }) => api.get<ConversationThread>(`/api/inbox/${id}`, { signal }),
      staleTime: 5_000,
    }),
  /** The conversation of a number at a location; null while there is none. */
  ofNumber: (locationId: string, phone: string | null) =>
    queryOptions({
      queryKey: inboxKeys.list({ locationId, phone }),
      queryFn: ({ signal }) =>
        api.get<Page<Conversation>>('/api/inbox', { query: { locationId, phone, limit: 1 }, signal }).then((page) => page.items[0] ?? null),
      enabled: phone !== null,
      staleTime: 10_000,
    }),
};
