import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '@/api';
import { consentKeys, messageKeys } from '@/lib/query-keys';
import type { Channel, JobText, Message, MessagePreview, NumberConsent, Page, Why } from '@/types';
import type { Place } from './place';
import { pathOf } from './place';

const PAGE = 50;

/** What is about to be sent: words of one's own, or a template. */
export interface Composed {
  channel: Channel;
  body?: string;
  subject?: string;
  templateId?: string;
}

export const messageQueries = {
  /** The newest texts first, page after page into the past. */
  thread: (place: Place) =>
    infiniteQueryOptions({
      queryKey: messageKeys.thread(pathOf(place)),
      queryFn: ({ signal, pageParam }) => api.get<Page<Message>>(pathOf(place), { query: { limit: PAGE, cursor: pageParam }, signal }),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
      staleTime: 5_000,
    }),
  /** The exact text and the verdict. Callers add `placeholderData: keepPreviousData`: the last answer stands until the next one is here. */
  preview: (place: Place, composed: Composed) =>
    queryOptions({
      queryKey: messageKeys.preview(pathOf(place), composed),
      queryFn: ({ signal }) => api.post<MessagePreview>(`${pathOf(place)}/preview`, { body: composed, signal }),
      // A verdict is of a moment: the hours end, a STOP comes, a value is filled in.
      staleTime: 0,
      refetchInterval: 60_000,
      gcTime: 60_000,
      retry: false,
    }),
  why: (id: string) =>
    queryOptions({
      queryKey: messageKeys.why(id),
      queryFn: ({ signal }) => api.get<Why>(`/api/messages/${id}/why`, { signal }),
      staleTime: 0,
    }),
  planned: (appointmentId: string) =>
    queryOptions({
      queryKey: messageKeys.planned(appointmentId),
      queryFn: ({ signal }) => api.get<Page<JobText>>(`/api/appointments/${appointmentId}/texts`, { signal }).then((answer) => answer.items),
      staleTime: 0,
    }),
};

export const consentQueries = {
  number: (phone: string) =>
    queryOptions({
      queryKey: consentKeys.number(phone),
      queryFn: ({ signal }) => api.get<NumberConsent>('/api/consent', { query: { phone }, signal }),
      enabled: phone !== '',
      staleTime: 10_000,
    }),
};
