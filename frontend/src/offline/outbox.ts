/**
 * What a person did and the shop has not yet: one list in the database, one flusher for all windows.
 *
 * An operation is written down before anything says that it is saved, marked before it is handed over, and taken out in the
 * same transaction that takes the answer into the kept day. Silence and trouble of the server stop the flusher; a refusal
 * parks that one operation for a person and lets other records go on.
 */
import type { ApiError } from '@/api';
import type { Database } from './db';
import { SAFELY, whole } from './db';
import { findEarlier, isReplaced, isSubmission, lastSaid, merge, nextOperations, seenVersion, withFollowers } from './order';
import { absorb, findEdited } from './overlay';
import { alone, inTurn } from './turns';
import type { Day, KeptDay, KeptPhoto, Kind, NewOperation, Operation } from './types';
import type { Stop } from './verdicts';
import { isJudged, presentIn, refusalOf, whyStopped } from './verdicts';

/** Acts whose conflict brings along what they are about, as it stands. */
const BROUGHT_WHOLE: ReadonlySet<Kind> = new Set(['item', 'checklist', 'outcome', 'odometer']);
/** Records that travel at the same time. */
const LANES = 4;

/** Hands one operation over; `signal` ends that when the person is not here any more. */
export type Send = (operation: Operation, photo: KeptPhoto | null, onProgress: (part: number) => void, signal: AbortSignal) => Promise<unknown>;
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
  /** Takes a refused operation out, with what is nothing without it; the shop's value stands. */
  discard: (id: string) => Promise<void>;
  /** Takes an operation out that is not on its way; true where the shop has never heard of it. */
  takeBack: (id: string) => Promise<boolean>;
  /** Puts something else in a refused operation's place: the same act, newly meant, or the same once more. */
  amend: (id: string, body: Record<string, unknown>, base: Record<string, unknown>) => Promise<void>;
  /** What the shop has answered so far, in all windows: a day that was asked for before an answer is older than it. */
  mark: () => Promise<string>;
  /**
   * Keeps the day; false where it does not, because something was answered since it was asked for, `asOf` that mark. It is shown
   * even where there is no room to keep it, which throws.
   */
  keepDay: (day: Day, asOf?: string) => Promise<boolean>;
  /** Sends nothing any more, not even what is under way, and keeps no day: somebody else is here, or nobody. */
  close: () => void;
}

export function createOutbox(db: Database, userId: string, send: Send, onChange: () => void): Outbox {
  let operations: readonly Operation[] = [];
  let kept: KeptDay | null = null;
  /** The day here is newer than the database's, which had no room for it. */
  let isUnwritten = false;
  const sending = new Set<string>();
  const progress = new Map<string, number>();
  let settledCount = 0;
  /** Handed over, with the body that they keep, without the database knowing. */
  const unmarked = new Map<string, Operation>();
  const markOf = (row: KeptDay | undefined): string => `${row?.answers ?? 0}/${settledCount}`;
  const closing = new AbortController();
  const isClosed = (): boolean => closing.signal.aborted;

  const load = async (): Promise<void> => {
    const tx = db.transaction(['operations', 'days']);
    const [all, day] = await Promise.all([tx.objectStore('operations').getAll(), tx.objectStore('days').get(userId)]);
    operations = all.filter((one) => one.userId === userId);
    if (!isUnwritten) kept = day ?? null;
    onChange();
  };

  // Two acts may come within a millisecond: the second is written once the first is, and so builds on it.
  const add: Outbox['add'] = inTurn(async (operation, photo) => {
    const last = findEarlier(operations, operation.record);
    const replaced = operations.filter((one) => isReplaced(one, operation));
    // What the person saw before they began with it, not what they said and the shop refused.
    const seen = { ...operation.base, ...lastSaid(operations, operation) };
    const base = Object.assign({}, seen, ...replaced.map((one) => one.base).reverse()) as Operation['base'];
    const made = { ...operation, base, id: operation.id ?? crypto.randomUUID(), userId, createdAt: Date.now(), tries: 0, error: null };
    const tx = db.transaction(['operations', 'photos'], 'readwrite', SAFELY);
    const store = tx.objectStore('operations');
    const written = await whole(tx, async (): Promise<Operation> => {
      const present = last?.tries === 0 && !unmarked.has(last.id) ? await store.get(last.seq) : undefined;
      const merged = present ? merge(present, { ...operation, base }) : null;
      for (const one of replaced) await store.delete(one.seq);
      if (photo) await tx.objectStore('photos').put({ ...photo, userId });
      if (!merged) return { ...made, seq: await store.add(made as Operation) };
      await store.put(merged);
      return merged;
    });
    const gone = new Set([written.seq, ...replaced.map((one) => one.seq)]);
    operations = [...operations.filter((one) => !gone.has(one.seq)), written].sort((a, b) => a.seq - b.seq);
    onChange();
  });

  /**
   * Marks an operation as handed over, with the body that it keeps from now on; null where another window was quicker. Where the
   * storage is full it is marked in this page alone: it has to go out for there to be room.
   */
  const begin = async (operation: Operation): Promise<Operation | null> => {
    const tx = db.transaction('operations', 'readwrite');
    const stored = await tx.store.get(operation.seq);
    if (!stored || stored.error) return null;
    const present = unmarked.get(stored.id) ?? stored;
    const isFirst = present.tries === 0 && present.body.version !== undefined;
    const body = isFirst ? { ...present.body, version: seenVersion(present, findEdited(kept?.day ?? null, present)) } : present.body;
    const begun = { ...present, body, tries: present.tries + 1 };
    replace(begun);
    try {
      await whole(tx, () => tx.store.put(begun));
      unmarked.delete(begun.id);
    } catch {
      unmarked.set(begun.id, begun);
    }
    return begun;
  };
  const replace = (operation: Operation): void => {
    operations = operations.map((one) => (one.seq === operation.seq ? operation : one));
  };

  /** The shop has it: the answer becomes part of the kept day as the operation goes. */
  const settle = async (operation: Operation, answer: unknown): Promise<void> => {
    settledCount += 1;
    unmarked.delete(operation.id);
    const next = kept ? { ...kept, day: absorb(kept.day, operation, answer), answers: (kept.answers ?? 0) + 1 } : null;
    kept = next;
    operations = operations.filter((one) => one.seq !== operation.seq);
    try {
      const tx = db.transaction(['operations', 'days'], 'readwrite');
      await whole(tx, async () => {
        await tx.objectStore('operations').delete(operation.seq);
        if (next && !isClosed()) await tx.objectStore('days').put(next);
      });
      isUnwritten = false;
    } catch {
      // The storage is full. What the shop has makes room; its day is asked for again.
      isUnwritten = true;
      const tx = db.transaction(['operations', 'photos'], 'readwrite');
      await whole(tx, async () => {
        await tx.objectStore('operations').delete(operation.seq);
        if (operation.kind === 'photo' && operation.about.photoId) await tx.objectStore('photos').delete(operation.about.photoId);
      });
    }
  };
  const park = async (operation: Operation, error: ApiError): Promise<void> => {
    const parked = { ...operation, error: refusalOf(error) };
    // That is what the screen shows until the person has chosen.
    const present = error.code === 'edit_conflict' && BROUGHT_WHOLE.has(operation.kind) ? presentIn(error) : undefined;
    if (kept && present) kept = { ...kept, day: absorb(kept.day, operation, present) };
    replace(parked);
    const tx = db.transaction(['operations', 'days'], 'readwrite');
    await whole(tx, async () => {
      // Given up while it was on its way, it is not put back.
      if (await tx.objectStore('operations').get(parked.seq)) await tx.objectStore('operations').put(parked);
      if (kept && present && !isClosed()) await tx.objectStore('days').put(kept);
    });
  };
  /** Takes an operation out with what is nothing without it, unless `isKept` says otherwise of it as it stands in the database. */
  const remove = async (id: string, isKept: (present: Operation) => boolean): Promise<Operation | null> => {
    const found = operations.find((one) => one.id === id);
    if (!found) return null;
    const gone = withFollowers(operations, found);
    const tx = db.transaction(['operations', 'photos'], 'readwrite', SAFELY);
    const store = tx.objectStore('operations');
    const removed = await whole(tx, async () => {
      const present = await store.get(found.seq);
      if (!present || isKept(present)) return null;
      for (const one of gone) {
        await store.delete(one.seq);
        if (one.kind === 'photo' && one.about.photoId) await tx.objectStore('photos').delete(one.about.photoId);
      }
      return present;
    });
    if (!removed) return null;
    operations = operations.filter((one) => !gone.includes(one));
    onChange();
    return removed;
  };

  const attempt = async (operation: Operation): Promise<Stop> => {
    sending.add(operation.id);
    onChange();
    try {
      const begun = await begin(operation);
      if (isClosed()) return 'changed';
      if (!begun) {
        await load();
        return null;
      }
      const photo = begun.kind === 'photo' ? ((await db.get('photos', String(begun.about.photoId))) ?? null) : null;
      const onProgress = (part: number): void => {
        progress.set(begun.id, part);
        onChange();
      };
      let answer: unknown;
      try {
        answer = await send(begun, photo, onProgress, closing.signal);
      } catch (error) {
        if (!isJudged(error)) return whyStopped(error);
        await park(begun, error);
        return null;
      }
      await settle(begun, answer);
      return null;
    } catch {
      // The database has refused something. What the shop has said is known here; else it is done again, with the same key.
      return operations.some((one) => one.id === operation.id && one.error === null) ? 'trouble' : null;
    } finally {
      sending.delete(operation.id);
      progress.delete(operation.id);
      onChange();
    }
  };

  const run = async (): Promise<Stop> => {
    if (isClosed()) return 'changed';
    await load();
    let stop: Stop = null;
    const running = new Map<string, Promise<void>>();
    for (;;) {
      if (stop === null && !isClosed()) {
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
      if (running.size === 0) return isClosed() ? 'changed' : stop;
      await Promise.race(running.values());
    }
  };

  return {
    read: () => operations,
    sending: () => sending,
    progress: () => progress,
    day: () => kept?.day ?? null,
    keptAt: () => kept?.keptAt ?? null,
    close: () => closing.abort(),
    load,
    add,
    drain: () => alone(run),
    discard: async (id) => {
      await remove(id, () => false);
    },
    takeBack: async (id) => {
      const removed = await remove(id, (present) => present.error === null && (present.tries > 0 || sending.has(id)));
      return removed?.tries === 0;
    },
    amend: async (id, body, base) => {
      const found = operations.find((one) => one.id === id);
      if (!found) return;
      // Another act of the person, so another key. It keeps its place, but for a submission: that comes after all that was done since.
      const { seq, ...next } = { ...found, id: crypto.randomUUID(), body, base, tries: 0, error: null };
      const tx = db.transaction('operations', 'readwrite', SAFELY);
      const written = await whole(tx, async (): Promise<Operation> => {
        if (!isSubmission(next)) {
          await tx.store.put({ ...next, seq });
          return { ...next, seq };
        }
        await tx.store.delete(seq);
        return { ...next, seq: await tx.store.add(next as Operation) };
      });
      operations = [...operations.filter((one) => one.seq !== seq), written].sort((a, b) => a.seq - b.seq);
      onChange();
    },
    keepDay: async (day, asOf) => {
      if (isClosed()) return false;
      const tx = db.transaction('days', 'readwrite');
      try {
        const isKept = await whole(tx, async () => {
          const row = await tx.store.get(userId);
          const isNews = row === undefined || asOf === undefined || asOf === markOf(row);
          kept = isNews ? { userId, day, keptAt: Date.now(), answers: row?.answers ?? 0 } : row;
          if (isNews) await tx.store.put(kept);
          return isNews;
        });
        isUnwritten = false;
        return isKept;
      } catch (error) {
        isUnwritten = true;
        throw error;
      } finally {
        onChange();
      }
    },
    mark: async () => markOf(await db.get('days', userId)),
  };
}
