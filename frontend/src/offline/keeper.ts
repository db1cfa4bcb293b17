/**
 * Keeps the tablet and the shop in step: who is here, the day, what waits, and whether the shop can be reached. Screens read
 * one snapshot and call acts; they never wait for the network.
 */
import { api, ApiError, readCookie } from '@/api';
import { readStored, writeStored } from '@/lib/stored';
import type { Me } from '@/types';
import type { Database } from './db';
import { askToPersist, forgetDay, openDatabase, prunePhotos, readPerson, writePerson } from './db';
import type { Outbox, Send, Stop } from './outbox';
import { CHANGED, createOutbox } from './outbox';
import type { States } from './overlay';
import { overlay } from './overlay';
import { send } from './send';
import type { Day, KeptPhoto, NewOperation, Operation, Person } from './types';

export type Connection = 'online' | 'offline' | 'trouble' | 'signedOut';
export interface Work {
  /** `broken`: this browser keeps nothing, so the tablet can't promise anything. */
  status: 'loading' | 'out' | 'in' | 'broken';
  person: Person | null;
  day: Day | null;
  states: States;
  operations: readonly Operation[];
  sending: ReadonlySet<string>;
  progress: ReadonlyMap<string, number>;
  connection: Connection;
  /** When the connection became what it is, in this device's milliseconds. */
  since: number;
  keptAt: number | null;
  isSyncing: boolean;
  /** Whether the browser has promised not to clear what is kept. */
  isPersistent: boolean;
  /** Changes of other people that wait on this device for them to sign in. */
  others: number;
}

/** How often the day is asked for while the shop answers; and how soon again while it does not, more and more seldom. */
const EVERY = 20_000;
const FIRST_WAIT = 800;
const LONGEST_WAIT = 5_000;
const LIMIT = 15_000;
const NOTHING: ReadonlyMap<string, never> = new Map<string, never>();
/** A sign-out that the shop has not heard of yet: it is told before anything else. */
const FAREWELL = 'tablet.farewell';
/** Where the board keeps it, too. */
const LOCATION = 'location';
export type Farewell = '/api/tablet/lock' | '/api/auth/logout';

export interface Keeper {
  read: () => Work;
  subscribe: (listener: () => void) => () => void;
  /** Opens the database and shows what was kept; the network comes later. */
  start: () => Promise<void>;
  enter: (person: Person) => Promise<void>;
  leave: (how: Farewell) => Promise<void>;
  sync: () => void;
  /** Writes an act down; it is safe when this is done. */
  add: (operation: NewOperation, photo?: Omit<KeptPhoto, 'userId'>) => Promise<void>;
  discard: (id: string) => Promise<void>;
  amend: (id: string, body: Record<string, unknown>, base: Record<string, unknown>) => Promise<void>;
  readPhoto: (id: string) => Promise<KeptPhoto | null>;
}

/** The day at the shop of this device; where it is not known, or another person's, at their first one. */
async function readToday(): Promise<Day> {
  const ask = (locationId: string | null): Promise<Day> =>
    api.get<Day>('/api/tech/today', { query: { locationId }, signal: AbortSignal.timeout(LIMIT) });
  try {
    return await ask(readStored(LOCATION));
  } catch (error) {
    if (!(error instanceof ApiError) || (error.status !== 404 && error.status !== 422)) throw error;
    const me = await api.get<Me>('/api/me', { signal: AbortSignal.timeout(LIMIT) });
    writeStored(LOCATION, me.locations[0]?.id ?? null);
    return ask(readStored(LOCATION));
  }
}

/** Comes with each session and each renewal of one. */
const sign = (): string | null => readCookie('csrf_access_token');

export function createKeeper(open: () => Promise<Database> = openDatabase): Keeper {
  let db: Database | null = null;
  let outbox: Outbox | null = null;
  let person: Person | null = null;
  let others = 0;
  /** The sign of the session that was asked whose it is; undefined where none was. */
  let verified: string | null | undefined;
  let isRunning = false;
  let isWanted = false;
  let wait = FIRST_WAIT;
  let timer: number | undefined;
  let soon: number | undefined;
  const listeners = new Set<() => void>();
  const windows = 'BroadcastChannel' in globalThis ? new BroadcastChannel('keytag-tablet') : null;

  let work: Work = {
    status: 'loading',
    person: null,
    day: null,
    states: NOTHING,
    operations: [],
    sending: new Set(),
    progress: NOTHING,
    connection: navigator.onLine ? 'online' : 'offline',
    since: Date.now(),
    keptAt: null,
    isSyncing: false,
    isPersistent: true,
    others: 0,
  };

  const publish = (changes: Partial<Work> = {}): void => {
    const operations = outbox?.read() ?? [];
    const sending = new Set(outbox?.sending());
    const day = outbox?.day() ?? null;
    const shown = day ? overlay(day, operations, sending) : { day: null, states: NOTHING };
    work = { ...work, person, operations, sending, progress: new Map(outbox?.progress()), ...shown, keptAt: outbox?.keptAt() ?? null, others, ...changes };
    for (const listener of listeners) listener();
  };
  /** While hundreds go out, the screen follows ten times a second. */
  const publishSoon = (): void => {
    soon ??= window.setTimeout(() => {
      soon = undefined;
      publish();
    }, 100);
  };
  const setConnection = (connection: Connection): void => {
    if (connection !== work.connection) publish({ connection, since: Date.now() });
  };
  const tellWindows = (): void => windows?.postMessage('changed');

  /** Somebody may sign in in another window while this one sends: then it looks again whose session it is. */
  const sendAsVerified: Send = (operation, photo, onProgress) => {
    if (verified !== sign()) throw new ApiError(401, { code: CHANGED });
    return send(operation, photo, onProgress);
  };

  const welcome = async (next: Person): Promise<void> => {
    if (!db) return;
    outbox?.close();
    person = next;
    outbox = createOutbox(db, next.id, sendAsVerified, publishSoon);
    await writePerson(db, next);
    await outbox.load();
    others = (await db.getAll('operations')).filter((one) => one.userId !== next.id).length;
    publish({ status: 'in' });
  };

  /** Asks for the day, and so for whose session this is: nobody's acts go out under another's name. */
  const refresh = async (): Promise<void> => {
    const before = outbox?.settled();
    const day = await readToday();
    if (day.me.id !== person?.id) await welcome(day.me);
    verified = sign();
    // Something was answered meanwhile, which this day may not know yet.
    if (!outbox || !db || (outbox.settled() !== before && before !== undefined && day.me.id === person?.id)) return;
    await outbox.keepDay(day);
    const photos = day.appointments.flatMap((visit) => visit.checklists.flatMap((one) => one.items.flatMap((item) => item.photos.map((photo) => photo.id))));
    await prunePhotos(db, day.me.id, new Set(photos));
  };

  const sayFarewell = async (): Promise<void> => {
    const how = readStored(FAREWELL);
    if (how === null) return;
    try {
      await api.post(how, { signal: AbortSignal.timeout(LIMIT) });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status === 0 || error.status >= 500) throw error;
    }
    writeStored(FAREWELL, null);
  };

  const round = async (): Promise<Stop> => {
    try {
      await sayFarewell();
      if (!person && work.status !== 'loading') return 'signedOut';
      if (verified !== sign()) await refresh();
      const stop = (await outbox?.drain()) ?? null;
      if (stop === 'changed') return await round();
      if (stop !== null) return stop;
      if (Date.now() - (outbox?.keptAt() ?? 0) > EVERY / 2 || outbox?.read().every((one) => one.error !== null)) await refresh();
      return null;
    } catch (error) {
      if (!(error instanceof ApiError)) return 'trouble';
      if (error.status === 0) return 'offline';
      return error.status === 401 || error.status === 403 ? 'signedOut' : 'trouble';
    }
  };

  const run = async (): Promise<void> => {
    if (isRunning) {
      isWanted = true;
      return;
    }
    window.clearTimeout(timer);
    isRunning = true;
    publish({ isSyncing: true });
    const stop = await round();
    isRunning = false;
    if (stop === 'signedOut') verified = undefined;
    const status = person ? 'in' : 'out';
    publish({ isSyncing: false, status });
    setConnection(stop === null || stop === 'changed' ? 'online' : stop);
    tellWindows();
    if (stop === null) wait = FIRST_WAIT;
    if (isWanted) {
      isWanted = false;
      if (stop === null) return run();
    }
    // Nobody is signed in: who comes next starts it again.
    if (stop === 'signedOut') return undefined;
    timer = window.setTimeout(() => void run(), stop === null ? EVERY : wait);
    if (stop !== null) wait = Math.min(wait * 2, LONGEST_WAIT);
    return undefined;
  };

  const hurry = (): void => {
    wait = FIRST_WAIT;
    void run();
  };
  const listen = (): void => {
    window.addEventListener('online', hurry);
    window.addEventListener('offline', () => setConnection('offline'));
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState !== 'visible') return;
      // Somebody else may have signed in in another window.
      verified = undefined;
      hurry();
    });
    windows?.addEventListener('message', () => {
      if (!isRunning) void outbox?.load().then(() => publish());
    });
  };

  return {
    read: () => work,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: async () => {
      try {
        db = await open();
      } catch {
        publish({ status: 'broken' });
        return;
      }
      const known = await readPerson(db);
      if (known && readStored(FAREWELL) === null) await welcome(known);
      listen();
      void askToPersist().then((isPersistent) => publish({ isPersistent }));
      void run();
    },
    enter: async (next) => {
      writeStored(FAREWELL, null);
      verified = undefined;
      await welcome(next);
      setConnection('online');
      hurry();
    },
    leave: async (how) => {
      const left = person;
      writeStored(FAREWELL, how);
      outbox?.close();
      person = null;
      outbox = null;
      verified = undefined;
      if (db && left) {
        await writePerson(db, null);
        await forgetDay(db, left.id);
        others = await db.count('operations');
      }
      publish({ status: 'out' });
      tellWindows();
      await sayFarewell().catch(() => undefined);
    },
    sync: hurry,
    add: async (operation, photo) => {
      if (!outbox) throw new Error('Nobody is here');
      await outbox.add(operation, photo);
      publish();
      tellWindows();
      void run();
    },
    discard: async (id) => {
      await outbox?.discard(id);
      publish();
      void run();
    },
    amend: async (id, body, base) => {
      await outbox?.amend(id, body, base);
      publish();
      void run();
    },
    readPhoto: async (id) => (await db?.get('photos', id)) ?? null,
  };
}
