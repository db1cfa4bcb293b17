import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '@/api';
import { bookKeys } from '@/lib/query-keys';
import type { BooksDay, DayClose, JournalBalance, JournalEntry, Owed, Page, TaxReport } from '@/types';

export interface Range {
  from: string;
  to: string;
}

export const bookQueries = {
  day: (locationId: string, day: string) =>
    queryOptions({
      queryKey: bookKeys.day(locationId, day),
      queryFn: ({ signal }) => api.get<BooksDay>(`/api/books/days/${day}`, { query: { locationId }, signal }),
    }),
  closes: (locationId: string) =>
    infiniteQueryOptions({
      queryKey: bookKeys.closes(locationId),
      queryFn: ({ signal, pageParam }) =>
        api.get<Page<DayClose> & { currency: string }>('/api/books/days', { query: { locationId, limit: 10, cursor: pageParam }, signal }),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
    }),
  unpaid: (locationId: string, asOf: string) =>
    queryOptions({
      queryKey: bookKeys.unpaid(locationId, asOf),
      queryFn: ({ signal }) => api.get<Owed>('/api/books/unpaid', { query: { locationId, asOf }, signal }),
      placeholderData: keepPreviousData,
    }),
  taxes: (locationId: string, { from, to }: Range) =>
    queryOptions({
      queryKey: bookKeys.taxes(locationId, from, to),
      queryFn: ({ signal }) => api.get<TaxReport>('/api/books/taxes', { query: { locationId, from, to }, signal }),
      placeholderData: keepPreviousData,
    }),
  balance: (locationId: string, { from, to }: Range) =>
    queryOptions({
      queryKey: bookKeys.balance(locationId, from, to),
      queryFn: ({ signal }) => api.get<JournalBalance>('/api/books/journal/balance', { query: { locationId, from, to }, signal }),
      placeholderData: keepPreviousData,
    }),
  journal: (locationId: string, { from, to }: Range) =>
    infiniteQueryOptions({
      queryKey: bookKeys.journal(locationId, from, to),
      queryFn: ({ signal, pageParam }) =>
        api.get<Page<JournalEntry>>('/api/books/journal', { query: { locationId, from, to, limit: 25, cursor: pageParam }, signal }),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
    }),
};
