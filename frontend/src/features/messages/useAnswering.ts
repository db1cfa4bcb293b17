import { useCallback, useRef, useState } from 'react';
import { api } from '@/api';
import { useLive } from '@/lib/events';
import type { Answering, Conversation } from '@/types';

/** The server believes a sign of writing for 15 s; while somebody writes it is renewed this often. */
const RENEW = 8_000;

/** What the stream told of who answers, by conversation: newer than what any list said. */
export type ToldAnswering = ReadonlyMap<string, Answering | null>;

export function useToldAnswering(): ToldAnswering {
  const [told, setTold] = useState<ToldAnswering>(new Map());
  useLive('conversation', (event) => setTold((before) => new Map(before).set(event.id, event.answering)));
  return told;
}

/** Who else has begun to answer a conversation; null when nobody is believed to. */
export function whoAnswers(told: ToldAnswering, conversation: Pick<Conversation, 'id' | 'answering'> | null | undefined, myId: string, now: number): string | null {
  if (!conversation) return null;
  const current = told.has(conversation.id) ? told.get(conversation.id) : conversation.answering;
  return current && current.id !== myId && Date.parse(current.until) > now ? current.name : null;
}

/** Says, while somebody writes, that they have the composer open. */
export function useTellAnswering(conversationId: string | null): () => void {
  const last = useRef<{ id: string; at: number } | null>(null);
  return useCallback(() => {
    if (!conversationId) return;
    const at = Date.now();
    if (last.current?.id === conversationId && at - last.current.at < RENEW) return;
    last.current = { id: conversationId, at };
    // Only a courtesy to the others: what is written does not depend on it.
    void api.post(`/api/inbox/${conversationId}/answering`, { body: {} }).catch(() => undefined);
  }, [conversationId]);
}
