/**
 * What the tablet's page keeps on this device (see offline/db.ts), as far as signing out elsewhere in the application concerns
 * it. Where nobody ever opened that page there is no database, and none is made.
 */
const NAME = 'keytag-tablet';

async function open(): Promise<IDBDatabase | null> {
  try {
    const known = await indexedDB.databases();
    if (!known.some((one) => one.name === NAME)) return null;
    return await new Promise((resolve, reject) => {
      const opening = indexedDB.open(NAME);
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error ?? new Error(NAME));
    });
  } catch {
    return null;
  }
}

/** How many of a person's changes wait on this device to be sent. */
export async function countWaiting(userId: string): Promise<number> {
  const db = await open();
  if (!db) return 0;
  const all = await new Promise<{ userId: string }[]>((resolve) => {
    const reading = db.transaction('operations').objectStore('operations').getAll();
    reading.onsuccess = () => resolve(reading.result as { userId: string }[]);
    reading.onerror = () => resolve([]);
  });
  db.close();
  return all.filter((one) => one.userId === userId).length;
}

/** Nobody is here any more: what was kept of the shop goes; what waits to be sent stays for who did it, with its photos. */
export async function closeTablet(): Promise<void> {
  const db = await open();
  if (!db) return;
  await new Promise<void>((resolve) => {
    const tx = db.transaction(['people', 'days', 'photos', 'operations'], 'readwrite');
    tx.objectStore('people').clear();
    tx.objectStore('days').clear();
    const photos = tx.objectStore('photos');
    const waiting = tx.objectStore('operations').getAll();
    waiting.onsuccess = () => {
      const wanted = new Set((waiting.result as { about?: { photoId?: string } }[]).map((one) => one.about?.photoId));
      const kept = photos.getAllKeys();
      kept.onsuccess = () => {
        for (const id of kept.result) if (!wanted.has(String(id))) photos.delete(id);
      };
    };
    tx.oncomplete = () => resolve();
    tx.onabort = () => resolve();
  });
  db.close();
}
