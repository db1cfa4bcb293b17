import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import '@/i18n/late/messages';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { useLive, usePollInterval } from '@/lib/events';
import { messageState } from '@/lib/message-words';
import { askAgain } from '@/lib/query-client';
import { consentKeys, messageKeys } from '@/lib/query-keys';
import type { LiveMessage, Message } from '@/types';
import type { Place } from './place';
import { pathOf } from './place';
import { messageQueries } from './queries';
import { inOrder, shortText } from './thread';

/** What is worth hearing of a text whose state has changed; null for what changes in passing. */
export function newsOf(before: Message | undefined, after: Message, zone: string): string | null {
  if (before?.status === after.status) return null;
  const text = shortText(after.body);
  if (after.direction === 'in') return before ? null : t('messages.heard.received', { text });
  if (!before) return null;
  if (after.status === 'delivered') return t('messages.heard.delivered', { text });
  if (after.status === 'failed' || after.status === 'undelivered') {
    return t('messages.heard.failed', { text, why: messageState(after, zone).words });
  }
  return null;
}

/** A thread, oldest text first, kept up to date by the stream; what changes is spoken. */
export function useThread(place: Place, zone: string, isMine: (event: LiveMessage) => boolean) {
  const client = useQueryClient();
  const poll = usePollInterval(5_000);
  const query = useInfiniteQuery({ ...messageQueries.thread(place), refetchInterval: poll });
  const key = messageKeys.thread(pathOf(place));
  const renew = (): void => {
    askAgain(client, key);
    // A reply may be a STOP, and what was just sent counts towards the caps.
    void client.invalidateQueries({ queryKey: consentKeys.all });
    void client.invalidateQueries({ queryKey: messageKeys.previews() });
  };
  useLive('message', (event) => isMine(event) && renew());
  useLive('appointment', (event) => {
    // The job's values stand in the text.
    if (place.kind === 'job' && event.id === place.id) void client.invalidateQueries({ queryKey: messageKeys.previews() });
  });
  useLive('resync', renew);

  const pages = query.data?.pages;
  const messages = useMemo(() => (pages ? inOrder(pages) : []), [pages]);
  const seen = useRef<{ path: string; byId: ReadonlyMap<string, Message> } | null>(null);
  const path = pathOf(place);
  useEffect(() => {
    if (!pages) return;
    const known = seen.current;
    seen.current = { path, byId: new Map(messages.map((message) => [message.id, message])) };
    // What stood there when the thread was opened is no news, nor is what is older than that.
    if (known?.path !== path) return;
    const newest = Math.max(0, ...[...known.byId.values()].map((message) => Date.parse(message.createdAt)));
    for (const message of messages) {
      const before = known.byId.get(message.id);
      if (!before && Date.parse(message.createdAt) < newest) continue;
      const words = newsOf(before, message, zone);
      if (words) announce(words);
    }
  }, [pages, messages, path, zone]);

  return { ...query, messages };
}
