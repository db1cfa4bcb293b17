/**
 * What was begun and not sent: texts, answers, a count of the drawer. Kept on this device, by person and by place, until it is
 * sent or emptied. Nothing here goes out by itself.
 */
import { useSyncExternalStore } from 'react';
import { readStored, writeStored } from './stored';

/** A kind of thing that is begun: how it looks with nothing written, and what of it is worth keeping. */
export interface DraftKind<Draft extends object> {
  empty: Draft;
  isEmpty: (draft: Draft) => boolean;
  /** What was kept may be of another version, or nonsense. */
  isDraft: (value: Partial<Record<keyof Draft, unknown>>) => boolean;
}

const STORED = 'drafts.';
/** What was begun and forgotten is not carried along for ever: the oldest goes. */
const MOST = 50;
const lists = new Map<string, ReadonlyMap<string, object>>();
const listeners = new Set<() => void>();

function parse(text: string | null): ReadonlyMap<string, object> {
  try {
    const found: unknown = JSON.parse(text ?? '[]');
    const entries = Array.isArray(found) ? (found as unknown[]) : [];
    return new Map(
      entries.filter((one): one is [string, object] => Array.isArray(one) && typeof one[0] === 'string' && typeof one[1] === 'object' && one[1] !== null),
    );
  } catch {
    return new Map();
  }
}
function draftsOf(userId: string): ReadonlyMap<string, object> {
  let list = lists.get(userId);
  if (!list) lists.set(userId, (list = parse(readStored(STORED + userId))));
  return list;
}

export function readDraft<Draft extends object>(kind: DraftKind<Draft>, userId: string, place: string): Draft {
  const found = draftsOf(userId).get(place);
  return found && kind.isDraft(found) ? (found as Draft) : kind.empty;
}

/** Keeps what is written at a place; nothing written takes no room. */
export function keepDraft<Draft extends object>(kind: DraftKind<Draft>, userId: string, place: string, draft: Draft): void {
  const list = new Map(draftsOf(userId));
  list.delete(place);
  if (!kind.isEmpty(draft)) list.set(place, draft);
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

/** The draft at a place, and the way to change it. */
export function useDraft<Draft extends object>(kind: DraftKind<Draft>, userId: string, place: string): [Draft, (changes: Partial<Draft>) => void] {
  const draft = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => readDraft(kind, userId, place),
  );
  return [draft, (changes) => keepDraft(kind, userId, place, { ...readDraft(kind, userId, place), ...changes })];
}
