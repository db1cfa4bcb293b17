import { useCallback, useRef, useState } from 'react';
import { api } from '@/api';
import { useLive } from '@/lib/events';
import { useNow } from '@/lib/now';
import type { Answering } from '@/types';

/** The server believes a sign of writing for 15 s; while somebody writes it is renewed this often. */
const RENEW = 8_000;

/**
 * Who else has begun to answer a conversation, and the way to say that one does. `known` is what the conversation's own
 * answer said; the stream brings what came after it.
 */
export function useAnswering(conversationId: string | null, known: Answering | null, myId: string): { answering: string | null; tell: () => void } {
  const now = useNow();
  const [told, setTold] = useState<{ id: string; answering: Answering | null } | null>(null);
  const last = useRef<{ id: string; at: number } | null>(null);
  useLive('conversation', (event) => setTold({ id: event.id, answering: event.answering }));
  const current = told && told.id === conversationId ? told.answering : known;
  const tell = useCallback(() => {
    if (!conversationId) return;
    const at = Date.now();
    if (last.current?.id === conversationId && at - last.current.at < RENEW) return;
    last.current = { id: conversationId, at };
    // Only a courtesy to the others: what is written does not depend on it.
    void api.post(`/api/inbox/${conversationId}/answering`, { body: {} }).catch(() => undefined);
  }, [conversationId]);
  const isBelieved = current !== null && current.id !== myId && Date.parse(current.until) > now;
  return { answering: isBelieved ? current.name : null, tell };
}
