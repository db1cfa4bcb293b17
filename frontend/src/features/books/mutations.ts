import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { api, newIdempotencyKey } from '@/api';
import { toast } from '@/components/ui/toast-store';
import { t } from '@/i18n/t';
import { bookKeys } from '@/lib/query-keys';
import { formatDay } from '@/lib/time';
import type { BooksDay, NewDayClose } from '@/types';

/** Closes a day. The same count sent again is the same close, so that an answer that was lost can be asked for anew. */
export function useCloseDay(locationId: string, day: string, onClosed: () => void) {
  const client = useQueryClient();
  const kept = useRef({ words: '', key: '' });
  return useMutation({
    mutationFn: (body: NewDayClose) => {
      const words = JSON.stringify(body);
      if (kept.current.words !== words) kept.current = { words, key: newIdempotencyKey() };
      return api.post<BooksDay>(`/api/books/days/${day}/close?locationId=${locationId}`, { body, idempotencyKey: kept.current.key });
    },
    // Here, not with the call: the form is gone by then, and the closed day stands in its place.
    onSuccess: () => {
      onClosed();
      toast({ tone: 'success', title: t('day.close.done', { day: formatDay(day) }) });
    },
    onSettled: () => client.invalidateQueries({ queryKey: bookKeys.all }),
  });
}
