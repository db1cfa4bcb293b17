import { useCallback, useEffect, useRef, useSyncExternalStore } from 'react';
import { api } from '@/api';
import { useSession } from '@/contexts/SessionContext';
import { useLive } from '@/lib/events';
import type { Answering, Conversation, LiveConversation } from '@/types';

/** The server believes that somebody is at a conversation for 15 s; while they are it is renewed this often. */
const RENEW = 8_000;
const BELIEVED = 15_000;

interface Told {
  /** By person: two may be at one conversation, and each is told of alone. */
  people: ReadonlyMap<string, Answering>;
  /** When an answer went out, which frees the conversation; what was said of it before is over. */
  freedAt: number;
}
/** What was told of who answers, by conversation: newer than what any list said. */
export type ToldAnswering = ReadonlyMap<string, Told>;

let told: ToldAnswering = new Map();
const listeners = new Set<() => void>();

/** Keeps what the stream, or the server's answer, says of a conversation. */
export function noteAnswering(id: string, answering: Answering | null): void {
  const before = told.get(id);
  const next: Told = answering
    ? { freedAt: before?.freedAt ?? 0, people: new Map(before?.people).set(answering.id, answering) }
    : { freedAt: Date.now(), people: new Map() };
  told = new Map(told).set(id, next);
  for (const listener of listeners) listener();
}

export function useToldAnswering(): ToldAnswering {
  useLive('conversation', (event) => noteAnswering(event.id, event.answering));
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => told,
  );
}

/** Who else is at a conversation, the one who is believed longest; null when nobody is. */
export function whoAnswers(all: ToldAnswering, conversation: Pick<Conversation, 'id' | 'answering'> | null | undefined, myId: string, now: number): string | null {
  if (!conversation) return null;
  const { people, freedAt } = all.get(conversation.id) ?? { people: new Map<string, Answering>(), freedAt: 0 };
  const listed = conversation.answering;
  const isOver = listed && Date.parse(listed.until) - BELIEVED < freedAt;
  const others = [...people.values(), ...(listed && !isOver ? [listed] : [])]
    .filter(({ id, until }) => id !== myId && Date.parse(until) > now)
    .sort((a, b) => b.until.localeCompare(a.until));
  return others[0]?.name ?? null;
}

/**
 * Says that one is answering, for as long as `isWriting` and the page is looked at, and again when somebody else begins to, so
 * that each sees the other. Who has only opened a conversation is not answering it.
 */
export function useTellAnswering(conversationId: string | null, isWriting: boolean): void {
  const myId = useSession().me.user.id;
  const last = useRef<{ id: string; at: number } | null>(null);
  const tell = useCallback(() => {
    if (!conversationId || document.visibilityState !== 'visible') return;
    const at = Date.now();
    if (last.current?.id === conversationId && at - last.current.at < RENEW) return;
    last.current = { id: conversationId, at };
    // Only a courtesy to the others: what is written does not depend on it.
    void api
      .post<{ answering: Answering | null }>(`/api/inbox/${conversationId}/answering`, { body: {} })
      .then(({ answering }) => answering && noteAnswering(conversationId, answering))
      .catch(() => undefined);
  }, [conversationId]);
  useEffect(() => {
    if (!isWriting) return undefined;
    tell();
    const timer = window.setInterval(tell, RENEW);
    return () => window.clearInterval(timer);
  }, [isWriting, tell]);
  useLive('conversation', ({ id, answering }: LiveConversation) => {
    if (isWriting && id === conversationId && answering !== null && answering.id !== myId) tell();
  });
}
