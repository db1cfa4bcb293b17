import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { openDatabase, readDay, readPerson, writePerson } from '@/offline/db';
import type { Operation } from '@/offline/types';
import { MARCUS, makeDay } from '@/testing/tech-day';
import { closeTablet, countWaiting } from './tablet-store';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

describe('signing out where the tablet was used', () => {
  it('finds nothing, and makes nothing, where it never was', async () => {
    expect(await countWaiting(MARCUS.id)).toBe(0);
    await closeTablet();
    expect(await indexedDB.databases()).toEqual([]);
  });
  it('counts what waits of this person, and leaves it when the day is forgotten', async () => {
    const db = await openDatabase();
    await db.add('operations', { id: 'one', userId: MARCUS.id, about: { appointmentId: 'visit-1', photoId: 'waiting' } } as Operation);
    await db.add('operations', { id: 'two', userId: 'somebody-else' } as Operation);
    await db.put('days', { userId: MARCUS.id, day: makeDay(), keptAt: 1 });
    const photo = { userId: MARCUS.id, itemId: 'item-1', bytes: new ArrayBuffer(8), type: 'image/jpeg' };
    await db.put('photos', { ...photo, id: 'stored' });
    await db.put('photos', { ...photo, id: 'waiting' });
    await writePerson(db, MARCUS);
    expect(await countWaiting(MARCUS.id)).toBe(1);
    await closeTablet();
    expect(await readPerson(db)).toBeNull();
    expect(await readDay(db, MARCUS.id)).toBeNull();
    expect(await db.count('operations')).toBe(2);
    expect(await db.getAllKeys('photos')).toEqual(['waiting']);
    db.close();
  });
});
