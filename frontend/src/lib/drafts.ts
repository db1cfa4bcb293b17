/**
 * Messages that were begun and not sent: kept on this device, by person and by thread, until they are sent or emptied.
 * Nothing here goes out by itself. The key of a sending that was not answered is kept along, so that sending the same words
 * again after a reload is still one text.
 */
import { useSyncExternalStore } from 'react';
import type { Channel } from '@/types';
import { readStored, writeStored } from './stored';

export interface MessageDraft {
  channel: Channel;
  body: string;
  subject: string;
  templateId: string | null;
  /** The act that is under way: what was sent, the newest texts as the thread was opened and as it was sent, and its key. */
  sent: { body: string; key: string; seenId?: string; shownId?: string } | null;
}

export const EMPTY_DRAFT: MessageDraft = { channel: 'sms', body: '', subject: '', templateId: null, sent: null };

const STORED = 'drafts.';
/** What was begun and forgotten is not carried along for ever: the oldest goes. */
const MOST = 50;
const lists = new Map<string, ReadonlyMap<string, MessageDraft>>();
const listeners = new Set<() => void>();

function isDraft(value: unknown): value is MessageDraft {
  const draft = value as Partial<MessageDraft> | null;
  return typeof draft?.body === 'string' && typeof draft.subject === 'string' && (draft.channel === 'sms' || draft.channel === 'email');
}
function parse(text: string | null): ReadonlyMap<string, MessageDraft> {
  try {
    const found: unknown = JSON.parse(text ?? '[]');
    const entries = Array.isArray(found) ? (found as unknown[]) : [];
    return new Map(
      entries.filter((one): one is [string, MessageDraft] => Array.isArray(one) && typeof one[0] === 'string' && isDraft(one[1])),
    );
  } catch {
    return new Map();
  }
}
function draftsOf(userId: string): ReadonlyMap<string, MessageDraft> {
  let list = lists.get(userId);
  if (!list) lists.set(userId, (list = parse(readStored(STORED + userId))));
  return list;
}

export function readDraft(userId: string, thread: string): MessageDraft {
  return draftsOf(userId).get(thread) ?? EMPTY_DRAFT;
}

/** Keeps what is written in a thread; nothing written takes no room. */
export function keepDraft(userId: string, thread: string, draft: MessageDraft): void {
  const list = new Map(draftsOf(userId));
  list.delete(thread);
  if (draft.body || draft.subject || draft.templateId || draft.channel !== EMPTY_DRAFT.channel) list.set(thread, draft);
  const kept = [...list].slice(-MOST);
  lists.set(userId, new Map(kept));
  writeStored(STORED + userId, kept.length > 0 ? JSON.stringify(kept) : null);
  for (const listener of listeners) listener();
}

if (typeof window !== 'undefined') {
  // Another tab has written: its list is the newer one.
  window.addEventListener('storage', ({ key, newValue }) => {
    const userId = key?.split(STORED)[1];
    if (!userId) return;
    lists.set(userId, parse(newValue));
    for (const listener of listeners) listener();
  });
}

/** The draft of a thread, and the way to change it. */
export function useDraft(userId: string, thread: string): [MessageDraft, (changes: Partial<MessageDraft>) => void] {
  const draft = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => readDraft(userId, thread),
  );
  return [draft, (changes) => keepDraft(userId, thread, { ...readDraft(userId, thread), ...changes })];
}
