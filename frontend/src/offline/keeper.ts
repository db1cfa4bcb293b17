/**
 * Keeps the tablet and the shop in step: who is here, the day, what waits, and whether the shop can be reached. Screens read
 * one snapshot and call acts; they never wait for the network.
 */
import { ApiError, SESSION_CHANGED, sessionSign } from '@/api';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import type { Database } from './db';
import { askToPersist, countWaiting, forgetDay, forgetOthers, openDatabase, prunePhotos, readNames, readPerson, writePerson } from './db';
import type { Farewell } from './farewell';
import { hasLeft, sayFarewell, writeFarewell } from './farewell';
import type { Outbox, Send } from './outbox';
import { createOutbox } from './outbox';
import { overlay } from './overlay';
import { send } from './send';
import { readToday } from './today';
import type { Day, KeptPhoto, NewOperation, Person } from './types';
import type { Stop } from './verdicts';
import type { Connection, Work } from './work';
import { emptyWork } from './work';

/** How often the day is asked for while the shop answers; and how soon again while it does not, more and more seldom. */
const EVERY = 20_000;
const FIRST_WAIT = 800;
const LONGEST_WAIT = 5_000;
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
  takeBack: (id: string) => Promise<boolean>;
  amend: (id: string, body: Record<string, unknown>, base: Record<string, unknown>) => Promise<void>;
  readPhoto: (id: string) => Promise<KeptPhoto | null>;
}

export function createKeeper(open: () => Promise<Database> = openDatabase): Keeper {
  let db: Database | null = null;
  let outbox: Outbox | null = null;
  let person: Person | null = null;
  let others: ReadonlyMap<string, number> = new Map();
  let names: ReadonlyMap<string, string> = new Map();
  /** The sign of the session that was asked whose it is; undefined where none was. */
  let verified: string | null | undefined;
  /** Raised when somebody comes or goes: what was asked before that says nothing of who is here now. */
  let turn = 0;
  let isRunning = false;
  let isWanted = false;
  let wait = FIRST_WAIT;
  let timer: number | undefined;
  let soon: number | undefined;
  const listeners = new Set<() => void>();
  const windows = 'BroadcastChannel' in globalThis ? new BroadcastChannel('keytag-tablet') : null;

  let work = emptyWork();

  const publish = (changes: Partial<Work> = {}): void => {
    const operations = outbox?.read() ?? [];
    const sending = new Set(outbox?.sending());
    const day = outbox?.day() ?? null;
    const shown = day ? overlay(day, operations, sending) : { day: null, states: new Map<string, never>() };
    work = { ...work, person, operations, sending, progress: new Map(outbox?.progress()), ...shown, keptAt: outbox?.keptAt() ?? null, others, names, ...changes };
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
  const sendAsVerified: Send = (operation, photo, onProgress, signal) => {
    if (verified === undefined) throw new ApiError(401, { code: SESSION_CHANGED });
    return send(operation, photo, onProgress, signal, verified);
  };

  const countOthers = async (): Promise<void> => {
    if (!db) return;
    const counts = await countWaiting(db);
    if (person) counts.delete(person.id);
    others = counts;
    names = await readNames(db);
  };

  const welcome = async (next: Person): Promise<void> => {
    if (!db) return;
    const mine = turn;
    outbox?.close();
    person = next;
    const made = createOutbox(db, next.id, sendAsVerified, publishSoon);
    outbox = made;
    // No room for the name is no reason to keep anybody out; nor must the former one's stand there.
    const names = db;
    await writePerson(names, next).catch(() => writePerson(names, null));
    await made.load();
    if (turn !== mine) return;
    await countOthers();
    publish({ status: 'in' });
    // Not before it is on the screen: it may take a while.
    await forgetOthers(db, next.id);
  };

  /**
   * Asks for the day, and so for whose session this is: nobody's acts go out under another's name. False where somebody came or
   * went before the answer was there: it is nobody's then.
   */
  const refresh = async (): Promise<boolean> => {
    const mine = turn;
    let session: string | null;
    let day: Day;
    let asOf: string | undefined;
    do {
      session = sessionSign();
      asOf = await outbox?.mark();
      day = await readToday();
      if (turn !== mine) return false;
      // Renewed meanwhile, or another's: what it is now was not asked.
    } while (session !== sessionSign());
    const isSame = day.me.id === person?.id;
    if (!isSame) await welcome(day.me);
    if (turn !== mine) return false;
    verified = session;
    if (!outbox || !db) return true;
    const photos = new Set(day.appointments.flatMap((visit) => visit.checklists.flatMap((one) => one.items.flatMap((item) => item.photos.map((photo) => photo.id)))));
    try {
      if (await outbox.keepDay(day, isSame ? asOf : undefined)) await prunePhotos(db, day.me.id, photos);
      publish({ isFull: false });
    } catch {
      // It is on the screen all the same, and what waits still goes out: that makes room.
      await prunePhotos(db, day.me.id, photos).catch(() => undefined);
      publish({ isFull: true });
    }
    return true;
  };

  const round = async (): Promise<Stop | 'refused'> => {
    const mine = turn;
    try {
      await sayFarewell(() => turn === mine);
      if (!person && work.status !== 'loading') return work.connection === 'refused' ? 'refused' : 'signedOut';
      if (verified === undefined || verified !== sessionSign()) {
        if (!(await refresh())) return await round();
      }
      const stop = (await outbox?.drain()) ?? null;
      if (turn !== mine) return await round();
      if (stop === 'changed') {
        verified = undefined;
        return await round();
      }
      if (stop !== null) return stop;
      const isOld = Date.now() - (outbox?.keptAt() ?? 0) > EVERY / 2 || outbox?.read().every((one) => one.error !== null);
      return isOld && !(await refresh()) ? await round() : null;
    } catch (error) {
      if (turn !== mine) return round();
      if (!(error instanceof ApiError)) return 'trouble';
      if (error.status === 0) return 'offline';
      if (error.status === 403) {
        // Else it is refused for another reason than the role, which then may see the board.
        const isRole = error.code === 'forbidden';
        publish({ refusal: isRole ? t('tablet.in.notYours') : errorWords(error), ownPage: isRole ? '/' : '/board' });
      }
      return error.status === 401 ? 'signedOut' : error.status === 403 ? 'refused' : 'trouble';
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
    // Nobody is signed in who works here: who comes next starts it again.
    if (stop === 'signedOut' || (stop === 'refused' && !person)) return undefined;
    const isAnswered = stop === null || stop === 'refused';
    timer = window.setTimeout(() => void run(), isAnswered ? EVERY : wait);
    if (!isAnswered) wait = Math.min(wait * 2, LONGEST_WAIT);
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
      if (known && !hasLeft()) await welcome(known);
      else await countOthers();
      listen();
      void askToPersist().then((isPersistent) => publish({ isPersistent }));
      void run();
    },
    enter: async (next) => {
      turn += 1;
      writeFarewell(null);
      verified = undefined;
      await welcome(next);
      setConnection('online');
      hurry();
    },
    leave: async (how) => {
      turn += 1;
      const left = person;
      writeFarewell(how);
      outbox?.close();
      person = null;
      outbox = null;
      verified = undefined;
      const mine = turn;
      // Why one person was refused is nothing of the next one.
      publish({ status: 'out', connection: 'signedOut', since: Date.now(), refusal: null });
      if (db && left) {
        await writePerson(db, null);
        await forgetDay(db, left.id);
        await countOthers();
      }
      if (turn !== mine) return;
      publish();
      tellWindows();
      await sayFarewell(() => turn === mine).catch(() => undefined);
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
      tellWindows();
      void run();
    },
    takeBack: async (id) => {
      const isNew = (await outbox?.takeBack(id)) ?? false;
      publish();
      tellWindows();
      return isNew;
    },
    amend: async (id, body, base) => {
      await outbox?.amend(id, body, base);
      publish();
      void run();
    },
    readPhoto: async (id) => (await db?.get('photos', id)) ?? null,
  };
}
