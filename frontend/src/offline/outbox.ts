/**
 * What a person did and the shop has not yet: one list in the database, one flusher for all windows.
 *
 * An operation is written down before anything says that it is saved, marked before it is handed over, and taken out in the
 * same transaction that takes the answer into the kept day. Silence and trouble of the server stop the flusher; a refusal
 * parks that one operation for a person and lets other records go on.
 */
import { ApiError } from '@/api';
import { errorWords } from '@/lib/error-words';
import { isUnjudged } from '@/lib/unsaved';
import type { FieldConflict } from '@/types';
import type { Database } from './db';
import { SAFELY } from './db';
import { merge, nextOperations, seenVersion } from './order';
import { absorb, findEdited } from './overlay';
import type { Day, KeptDay, KeptPhoto, NewOperation, Operation, Refusal } from './types';

/** Records that travel at the same time. */
const LANES = 4;
const LOCK = 'keytag-outbox';

export type Send = (operation: Operation, photo: KeptPhoto | null, onProgress: (part: number) => void) => Promise<unknown>;
/** Why the flusher stopped: no answer, the session is over or perhaps another's, a server in trouble; null when all went that could. */
export type Stop = 'offline' | 'signedOut' | 'changed' | 'trouble' | null;
/** Thrown by `send` where the session is not the one that was looked at. */
export const CHANGED = 'session_changed';

export interface Outbox {
  /** Of this person, in order. */
  read: () => readonly Operation[];
  sending: () => ReadonlySet<string>;
  /** How much of a photo is there, from 0 to 1, by its operation's id. */
  progress: () => ReadonlyMap<string, number>;
  /** The person's day as the shop knows it. */
  day: () => Day | null;
  keptAt: () => number | null;
  load: () => Promise<void>;
  add: (operation: NewOperation, photo?: Omit<KeptPhoto, 'userId'>) => Promise<void>;
  drain: () => Promise<Stop>;
  /** Takes a refused operation out; the shop's value stands. */
  discard: (id: string) => Promise<void>;
  /** Puts something else in a refused operation's place: the same act, newly meant, or the same once more. */
  amend: (id: string, body: Record<string, unknown>, base: Record<string, unknown>) => Promise<void>;
  keepDay: (day: Day) => Promise<void>;
  /** Sends nothing any more: somebody else is here, or nobody. */
  close: () => void;
  /** Counts answers: a day that was asked for before one of them is older than it. */
  settled: () => number;
}

function isJudged(error: unknown): error is ApiError {
  // A page that is out of step with its cookies is asked again with the new ones.
  return error instanceof ApiError && !isUnjudged(error) && error.code !== 'csrf';
}
function whyStopped(error: unknown): Stop {
  if (!(error instanceof ApiError) || error.status === 0) return 'offline';
  if (error.code === CHANGED) return 'changed';
  return error.status === 401 ? 'signedOut' : 'trouble';
}
/** The thing as it stands, which a conflict brings along. */
function presentIn(error: ApiError): { version?: number } | undefined {
  return error.extra<{ version?: number }>('item') ?? error.extra<{ version?: number }>('job') ?? error.extra<{ version?: number }>('photo') ?? error.extra<{ version?: number }>('vehicle');
}
function refusalOf(error: ApiError): Refusal {
  return {
    status: error.status,
    code: error.code,
    words: errorWords(error),
    conflicts: error.code === 'edit_conflict' ? (error.extra<FieldConflict[]>('conflicts') ?? []) : [],
    version: presentIn(error)?.version ?? null,
  };
}

/** One flusher: the windows of this device wait for each other. */
async function alone<T>(act: () => Promise<T>): Promise<T> {
  return 'locks' in navigator ? await navigator.locks.request(LOCK, act) : await act();
}

export function createOutbox(db: Database, userId: string, send: Send, onChange: () => void): Outbox {
  let operations: readonly Operation[] = [];
  let kept: KeptDay | null = null;
  const sending = new Set<string>();
  const progress = new Map<string, number>();
  let settledCount = 0;
  let isClosed = false;

  const load = async (): Promise<void> => {
    const tx = db.transaction(['operations', 'days']);
    const [all, day] = await Promise.all([tx.objectStore('operations').getAll(), tx.objectStore('days').get(userId)]);
    operations = all.filter((one) => one.userId === userId);
    kept = day ?? null;
    onChange();
  };

  const add: Outbox['add'] = async (operation, photo) => {
    const tx = db.transaction(['operations', 'photos'], 'readwrite', SAFELY);
    const store = tx.objectStore('operations');
    const last = operations.filter((one) => one.record === operation.record).at(-1);
    const present = last ? await store.get(last.seq) : undefined;
    const merged = present ? merge(present, operation) : null;
    const made = { ...operation, id: operation.id ?? crypto.randomUUID(), userId, createdAt: Date.now(), tries: 0, error: null };
    let written: Operation;
    if (merged) {
      await store.put(merged);
      written = merged;
    } else {
      const seq = await store.add(made as Operation);
      written = { ...made, seq };
    }
    if (photo) await tx.objectStore('photos').put({ ...photo, userId });
    await tx.done;
    operations = [...operations.filter((one) => one.seq !== written.seq), written].sort((a, b) => a.seq - b.seq);
    onChange();
  };

  /** Marks an operation as handed over, with the body that it keeps from now on; null where another window was quicker. */
  const begin = async (operation: Operation): Promise<Operation | null> => {
    const tx = db.transaction('operations', 'readwrite');
    const present = await tx.store.get(operation.seq);
    if (!present || present.error) {
      await tx.done;
      return null;
    }
    const isFirst = present.tries === 0 && present.body.version !== undefined;
    const body = isFirst ? { ...present.body, version: seenVersion(present, findEdited(kept?.day ?? null, present)) } : present.body;
    const begun = { ...present, body, tries: present.tries + 1 };
    await tx.store.put(begun);
    await tx.done;
    replace(begun);
    return begun;
  };
  const replace = (operation: Operation): void => {
    operations = operations.map((one) => (one.seq === operation.seq ? operation : one));
  };

  /** The shop has it: the answer becomes part of the kept day as the operation goes. */
  const settle = async (operation: Operation, answer: unknown): Promise<void> => {
    settledCount += 1;
    const next = kept ? { ...kept, day: absorb(kept.day, operation, answer) } : null;
    kept = next;
    operations = operations.filter((one) => one.seq !== operation.seq);
    const tx = db.transaction(['operations', 'days'], 'readwrite');
    await tx.objectStore('operations').delete(operation.seq);
    if (next) await tx.objectStore('days').put(next);
    await tx.done;
  };
  const park = async (operation: Operation, error: ApiError): Promise<void> => {
    const parked = { ...operation, error: refusalOf(error) };
    // That is what the screen shows until the person has chosen.
    const isWhole = operation.kind === 'item' || operation.kind === 'outcome' || operation.kind === 'odometer';
    const present = error.code === 'edit_conflict' && isWhole ? presentIn(error) : undefined;
    if (kept && present) kept = { ...kept, day: absorb(kept.day, operation, present) };
    replace(parked);
    const tx = db.transaction(['operations', 'days'], 'readwrite');
    await tx.objectStore('operations').put(parked);
    if (kept && present) await tx.objectStore('days').put(kept);
    await tx.done;
  };

  const attempt = async (operation: Operation): Promise<Stop> => {
    sending.add(operation.id);
    onChange();
    try {
      const begun = await begin(operation);
      if (!begun) {
        await load();
        return null;
      }
      const photo = begun.kind === 'photo' ? ((await db.get('photos', String(begun.about.photoId))) ?? null) : null;
      try {
        const answer = await send(begun, photo, (part) => {
          progress.set(begun.id, part);
          onChange();
        });
        await settle(begun, answer);
        return null;
      } catch (error) {
        if (!isJudged(error)) return whyStopped(error);
        await park(begun, error);
        return null;
      }
    } finally {
      sending.delete(operation.id);
      progress.delete(operation.id);
      onChange();
    }
  };

  const run = async (): Promise<Stop> => {
    await load();
    let stop: Stop = null;
    const running = new Map<string, Promise<void>>();
    for (;;) {
      if (stop === null && !isClosed) {
        for (const one of nextOperations(operations, sending, LANES - running.size)) {
          running.set(
            one.id,
            attempt(one).then((why) => {
              stop ??= why;
              running.delete(one.id);
            }),
          );
        }
      }
      if (running.size === 0) return stop;
      await Promise.race(running.values());
    }
  };

  return {
    read: () => operations,
    sending: () => sending,
    progress: () => progress,
    day: () => kept?.day ?? null,
    keptAt: () => kept?.keptAt ?? null,
    close: () => {
      isClosed = true;
    },
    settled: () => settledCount,
    load,
    add,
    drain: () => alone(run),
    discard: async (id) => {
      const found = operations.find((one) => one.id === id);
      if (!found) return;
      operations = operations.filter((one) => one.id !== id);
      await db.delete('operations', found.seq);
      onChange();
    },
    amend: async (id, body, base) => {
      const found = operations.find((one) => one.id === id);
      if (!found) return;
      // Another act of the person, so another key; it keeps its place.
      const next = { ...found, id: crypto.randomUUID(), body, base, tries: 0, error: null };
      const tx = db.transaction('operations', 'readwrite', SAFELY);
      await tx.store.put(next);
      await tx.done;
      replace(next);
      onChange();
    },
    keepDay: async (day) => {
      kept = { userId, day, keptAt: Date.now() };
      await db.put('days', kept);
      onChange();
    },
  };
}
