import { queryOptions } from '@tanstack/react-query';
import { api } from '@/api';
import { appointmentKeys, templateKeys } from '@/lib/query-keys';
import type { Appointment, Channel, NoticeRule, Page, TemplateCheck, TemplateVariable } from '@/types';

export interface Checked {
  channel: Channel;
  purpose: 'informational' | 'marketing';
  subject?: string;
  body: string;
  appointmentId?: string;
  /** Whose name, number and address the example speaks with. */
  locationId?: string;
}

export const LOUDNESSES: readonly NoticeRule['loudness'][] = ['loud', 'ask', 'quiet'];

export const textQueries = {
  check: (draft: Checked) =>
    queryOptions({
      queryKey: templateKeys.check(draft),
      queryFn: ({ signal }) => api.post<TemplateCheck>('/api/message-templates/check', { body: draft, signal }),
      enabled: draft.body.trim() !== '',
      retry: false,
    }),
  variables: () =>
    queryOptions({
      queryKey: templateKeys.variables(),
      queryFn: ({ signal }) => api.get<{ items: TemplateVariable[] }>('/api/message-templates/variables', { signal }).then((answer) => answer.items),
      staleTime: Infinity,
    }),
  rules: (locationId: string) =>
    queryOptions({
      queryKey: templateKeys.rules(locationId),
      queryFn: ({ signal }) => api.get<{ items: NoticeRule[] }>('/api/notice-rules', { query: { locationId }, signal }).then((answer) => answer.items),
    }),
  /** The jobs of today and the next days, to try a text with. */
  jobs: (locationId: string, from: string, to: string) =>
    queryOptions({
      queryKey: appointmentKeys.list({ locationId, from, to, for: 'texts' }),
      queryFn: ({ signal }) => api.get<Page<Appointment>>('/api/appointments', { query: { locationId, from, to, limit: 50 }, signal }).then((page) => page.items),
      staleTime: 60_000,
    }),
};
