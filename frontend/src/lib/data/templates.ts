import { queryOptions } from '@tanstack/react-query';
import { api } from '@/api';
import { templateKeys } from '@/lib/query-keys';
import type { MessageTemplate, Page } from '@/types';

/** Every template that a location may use, by category and name; for the picker, the editor and the stage texts. */
export function templatesOf(locationId: string) {
  return queryOptions({
    queryKey: templateKeys.list({ locationId }),
    queryFn: ({ signal }) =>
      api.get<Page<MessageTemplate>>('/api/message-templates', { query: { locationId, limit: 200 }, signal }).then((page) => page.items),
    staleTime: 60_000,
  });
}
