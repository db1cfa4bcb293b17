import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '@/api';
import { inboxKeys, messageKeys } from '@/lib/query-keys';
import type { Answering, Message, Page, WaitingMessage } from '@/types';

export type View = 'open' | 'mine' | 'none' | 'snoozed' | 'done';
export const VIEWS: readonly View[] = ['open', 'mine', 'none', 'snoozed', 'done'];

export type DeskKind = 'failed' | 'held' | 'proposed';
export const DESK_KINDS: readonly DeskKind[] = ['failed', 'held', 'proposed'];

export interface ConversationItem {
  id: string;
  locationId: string;
  phone: string;
  customerId: string | null;
  customerName: string | null;
  appointmentId: string | null;
  state: 'open' | 'snoozed' | 'done';
  unreadCount: number;
  waitingSince: string | null;
  lastMessageAt: string;
  preview: string;
  ownerId: string | null;
  ownerName: string | null;
  snoozedUntil: string | null;
  hasOpenReview: boolean;
  isOptedOut: boolean;
  appointmentNumber: number | null;
  vehicle: string | null;
  answering: Answering | null;
  version: number;
}

export interface OpenJob {
  id: string;
  number: number;
  status: string;
  start: string;
  vehicle: string | null;
}
export interface ConversationDetail {
  conversation: ConversationItem;
  /** The newest, oldest first. */
  messages: Message[];
  customer: { id: string; name: string; company: string | null; email: string | null } | null;
  jobs: OpenJob[];
}

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
        api.get<Page<ConversationItem>>('/api/inbox', { query: { locationId, ...filterOf(view), limit: PAGE, cursor: pageParam }, signal }),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
      placeholderData: keepPreviousData,
      staleTime: 5_000,
    }),
  one: (id: string) =>
    queryOptions({
      queryKey: inboxKeys.one(id),
      queryFn: ({ signal }) => api.get<ConversationDetail>(`/api/inbox/${id}`, { signal }),
      staleTime: 5_000,
    }),
  /** The conversation of a number at a location; null while there is none. */
  ofNumber: (locationId: string, phone: string | null) =>
    queryOptions({
      queryKey: inboxKeys.list({ locationId, phone }),
      queryFn: ({ signal }) =>
        api.get<Page<ConversationItem>>('/api/inbox', { query: { locationId, phone, limit: 1 }, signal }).then((page) => page.items[0] ?? null),
      enabled: phone !== null,
      staleTime: 10_000,
    }),
  waiting: (locationId: string, kind: DeskKind) =>
    queryOptions({
      queryKey: messageKeys.waiting(locationId, kind),
      queryFn: ({ signal }) =>
        api.get<Page<WaitingMessage>>('/api/messages/waiting', { query: { locationId, kind, limit: 200 }, signal }).then((page) => page.items),
      staleTime: 5_000,
    }),
};
