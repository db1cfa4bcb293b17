/**
 * The tablet's own database. Writes of a person's acts are flushed to the disk before anything says "saved": neither a killed
 * browser nor an empty battery takes them back.
 */
import type { DBSchema, IDBPDatabase } from 'idb';
import { openDB } from 'idb';
import type { KeptDay, KeptPhoto, Operation, Person } from './types';

interface Schema extends DBSchema {
  operations: { key: number; value: Operation; indexes: { id: string } };
  photos: { key: string; value: KeptPhoto };
  days: { key: string; value: KeptDay };
  people: { key: string; value: Person };
}
export type Database = IDBPDatabase<Schema>;

const NAME = 'keytag-tablet';
const VERSION = 1;
export const SAFELY = { durability: 'strict' } as const;

export function openDatabase(): Promise<Database> {
  return openDB<Schema>(NAME, VERSION, {
    upgrade(db) {
      db.createObjectStore('operations', { keyPath: 'seq', autoIncrement: true }).createIndex('id', 'id', { unique: true });
      db.createObjectStore('photos', { keyPath: 'id' });
      db.createObjectStore('days', { keyPath: 'userId' });
      db.createObjectStore('people');
    },
    // A newer version of this page waits for the database: it may have it.
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase).close();
    },
  });
}

/** Does the work of a transaction: all of it has happened when this is done, nothing where it throws. */
export async function whole<T>(tx: { done: Promise<void>; abort: () => void }, work: () => Promise<T>): Promise<T> {
  const working = work().catch((error: unknown) => {
    try {
      tx.abort();
    } catch {
      /* It has ended by itself. */
    }
    throw error;
  });
  const [result] = await Promise.all([working, tx.done]);
  return result;
}

/** Who uses the tablet now; told from what was kept when there is no network. */
export async function readPerson(db: Database): Promise<Person | null> {
  return (await db.get('people', 'now')) ?? null;
}
export async function writePerson(db: Database, person: Person | null): Promise<void> {
  if (!person) {
    await db.delete('people', 'now');
    return;
  }
  await db.put('people', person, 'now');
  // What waits of them is told to others by their name.
  await db.put('people', person, person.id);
}
export async function readNames(db: Database): Promise<Map<string, string>> {
  return new Map((await db.getAll('people')).map((one) => [one.id, one.name]));
}

export async function readDay(db: Database, userId: string): Promise<KeptDay | null> {
  return (await db.get('days', userId)) ?? null;
}

/** Forgets what was kept of the shop for somebody; what they did and was not sent stays, with its photos. */
export async function forgetDay(db: Database, userId: string): Promise<void> {
  const tx = db.transaction(['days', 'photos', 'operations'], 'readwrite');
  await tx.objectStore('days').delete(userId);
  const waiting = new Set((await tx.objectStore('operations').getAll()).map((one) => one.about.photoId));
  await dropPhotos(tx.objectStore('photos'), (photo) => photo.userId === userId && !waiting.has(photo.id));
  await tx.done;
}

/** Forgets the same of everybody else: whose session ended without a farewell left it here. */
export async function forgetOthers(db: Database, userId: string): Promise<void> {
  const others = (await db.getAllKeys('days')).filter((one) => one !== userId);
  for (const other of others) await forgetDay(db, other);
}

/** How much waits of whom, by their ids. */
export async function countWaiting(db: Database): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { userId } of await db.getAll('operations')) counts.set(userId, (counts.get(userId) ?? 0) + 1);
  return counts;
}

/** Keeps the photos of what is still of the day or waits; the others are in the shop and take room. */
export async function prunePhotos(db: Database, userId: string, wanted: ReadonlySet<string>): Promise<void> {
  const tx = db.transaction(['photos', 'operations'], 'readwrite');
  const waiting = new Set((await tx.objectStore('operations').getAll()).map((one) => one.about.photoId));
  await dropPhotos(tx.objectStore('photos'), (photo) => photo.userId === userId && !wanted.has(photo.id) && !waiting.has(photo.id));
  await tx.done;
}

interface PhotoStore {
  openCursor: () => Promise<{ value: KeptPhoto; delete: () => Promise<void>; continue: () => Promise<unknown> } | null>;
}
async function dropPhotos(store: PhotoStore, isDone: (photo: KeptPhoto) => boolean): Promise<void> {
  let cursor = await store.openCursor();
  while (cursor) {
    if (isDone(cursor.value)) await cursor.delete();
    cursor = (await cursor.continue()) as typeof cursor;
  }
}

/** Asks the browser not to clear this site's storage when the device gets full; false where it may. */
export async function askToPersist(): Promise<boolean> {
  try {
    return (await navigator.storage.persisted()) || (await navigator.storage.persist());
  } catch {
    return false;
  }
}
