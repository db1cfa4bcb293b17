import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { ApiError } from '@/api';
import { MARCUS, makeChecklist, makeDay, makeItem, makeVisit } from '@/testing/tech-day';
import type { Database } from './db';
import { forgetDay, openDatabase, readDay } from './db';
import type { Outbox, Send } from './outbox';
import { createOutbox } from './outbox';
import { findItem } from './overlay';
import type { NewOperation, Operation } from './types';

let db: Database;
let sent: Operation[];
let respond: (operation: Operation, signal: AbortSignal) => unknown;
const send: Send = async (operation, _photo, _onProgress, signal) => {
  sent.push(operation);
  await Promise.resolve();
  return respond(operation, signal);
};
let outbox: Outbox;
const COUNT = 500;
const day = () => makeDay({ appointments: [makeVisit({ checklists: [makeChecklist(COUNT)] })] });
const about = (number: number) => ({ appointmentId: 'visit-1', checklistId: 'list-1', itemId: `item-${number}` });
function answer(number: number, fields: Record<string, unknown>, base: Record<string, unknown> = {}): NewOperation {
  return {
    kind: 'item',
    method: 'PATCH',
    url: `/api/checklists/list-1/items/item-${number}`,
    body: { ...fields, version: 1 },
    about: about(number),
    record: `visit-1/list-1/item-${number}`,
    base,
    label: `Point ${number}`,
  };
}
/** As the server answers: the item with the change, one version on. */
function applied(operation: Operation): unknown {
  const item = findItem(outbox.day(), operation.about)!;
  return { ...item, ...operation.body, version: item.version + 1 };
}
const reopen = async (): Promise<void> => {
  outbox = createOutbox(db, MARCUS.id, send, () => undefined);
  await outbox.load();
};

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  db = await openDatabase();
  sent = [];
  respond = applied;
  await reopen();
  await outbox.keepDay(day());
});
afterEach(() => db.close());

describe('what was done without the shop', () => {
  it('is there after the browser was killed, and goes out once', async () => {
    await outbox.add(answer(1, { result: 'pass' }));
    await outbox.add(answer(2, { result: 'fail' }));
    await reopen();
    expect(outbox.read().map((one) => one.about.itemId)).toEqual(['item-1', 'item-2']);
    expect(await outbox.drain()).toBeNull();
    expect(await outbox.drain()).toBeNull();
    expect(sent).toHaveLength(2);
    expect(outbox.read()).toEqual([]);
    await reopen();
    expect(findItem(outbox.day(), about(2))).toMatchObject({ result: 'fail', version: 2 });
  });
  it('stops at silence, keeps its key and its body, and goes on later', async () => {
    await outbox.add(answer(1, { result: 'pass' }));
    respond = () => {
      throw new ApiError(0, { code: 'network' });
    };
    expect(await outbox.drain()).toBe('offline');
    await outbox.keepDay(makeDay({ appointments: [makeVisit({ checklists: [makeChecklist(3, { items: day().appointments[0]!.checklists[0]!.items.map((one) => ({ ...one, version: 7, note: 'theirs' })) })] })] }));
    respond = applied;
    expect(await outbox.drain()).toBeNull();
    expect(sent).toHaveLength(2);
    expect(sent[1]).toMatchObject({ id: sent[0]?.id, body: sent[0]?.body });
  });
  it.each([
    [500, 'trouble'],
    [503, 'trouble'],
    [429, 'trouble'],
    [401, 'signedOut'],
  ])('waits at %i', async (status, why) => {
    await outbox.add(answer(1, { result: 'pass' }));
    respond = () => {
      throw new ApiError(status, {});
    };
    expect(await outbox.drain()).toBe(why);
    expect(outbox.read()[0]?.error).toBeNull();
  });
  it('belongs to who did it', async () => {
    await outbox.add(answer(1, { result: 'pass' }));
    const other = createOutbox(db, 'somebody-else', send, () => undefined);
    await other.load();
    expect(await other.drain()).toBeNull();
    expect(sent).toEqual([]);
    expect(await outbox.drain()).toBeNull();
    expect(sent).toHaveLength(1);
  });
});

it('takes an inspection over first, then answers, then submits', async () => {
  const checklist = (body: Record<string, unknown>): NewOperation => ({
    kind: 'checklist',
    method: 'PATCH',
    url: '/api/checklists/list-1',
    body,
    about: { appointmentId: 'visit-1', checklistId: 'list-1' },
    record: 'visit-1/list-1',
    base: {},
    label: 'Courtesy check',
  });
  await outbox.add(checklist({ holderId: 'luis' }));
  await outbox.add(answer(1, { result: 'pass' }));
  await outbox.add(answer(2, { result: 'pass' }));
  await outbox.add(checklist({ status: 'submitted' }));
  respond = (operation) => (operation.kind === 'item' ? applied(operation) : operation.body);
  expect(await outbox.drain()).toBeNull();
  expect(sent.map((one) => one.about.itemId ?? one.body)).toEqual([{ holderId: 'luis' }, 'item-1', 'item-2', { status: 'submitted' }]);
});

it('sends nothing more once somebody else is here', async () => {
  for (const number of [1, 2, 3, 4, 5, 6]) await outbox.add(answer(number, { result: 'pass' }));
  respond = (operation) => (outbox.close(), applied(operation));
  expect(await outbox.drain()).toBe('changed');
  expect(sent.length).toBeLessThanOrEqual(4);
  expect(outbox.read().length).toBeGreaterThanOrEqual(2);
});
it('ends what is under way when somebody else is here, so that nobody waits for it', async () => {
  await outbox.add(answer(1, { result: 'pass' }));
  // A photo on a slow network: nothing comes back.
  respond = (_operation, signal) => new Promise((_done, fail) => signal.addEventListener('abort', () => fail(new DOMException('', 'AbortError'))));
  const draining = outbox.drain();
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  outbox.close();
  expect(await draining).toBe('changed');
  expect(await db.count('operations')).toBe(1);
});
it('does not bring a day back that was forgotten while an answer was on its way', async () => {
  await outbox.add(answer(1, { result: 'pass' }));
  respond = async (operation) => {
    outbox.close();
    await forgetDay(db, MARCUS.id);
    return applied(operation);
  };
  await outbox.drain();
  expect(await db.count('operations')).toBe(0);
  expect(await readDay(db, MARCUS.id)).toBeNull();
});

describe('a refusal', () => {
  const conflict = (): never => {
    const conflicts = [{ field: 'result', yours: 'pass', theirs: 'fail', base: null, changedBy: 'Sam Rivera', changedAt: '2026-11-20T15:00:00Z' }];
    throw new ApiError(409, { code: 'edit_conflict', ...({ conflicts, item: { version: 4 } } as object) });
  };
  it('of an edit is parked with both values while other points go on', async () => {
    await outbox.add(answer(1, { result: 'pass' }));
    await outbox.add(answer(2, { result: 'pass' }));
    respond = (operation) => (operation.about.itemId === 'item-1' ? conflict() : applied(operation));
    expect(await outbox.drain()).toBeNull();
    expect(outbox.read()).toHaveLength(1);
    expect(outbox.read()[0]?.error).toMatchObject({ status: 409, version: 4, conflicts: [{ theirs: 'fail', changedBy: 'Sam Rivera' }] });
    await reopen();
    expect(await outbox.drain()).toBeNull();
    expect(sent).toHaveLength(2);
  });
  it('is sent again as a new act once the person has chosen, or given up', async () => {
    await outbox.add(answer(1, { result: 'pass' }));
    respond = conflict;
    await outbox.drain();
    const [parked] = outbox.read();
    await outbox.amend(parked!.id, { result: 'pass', version: 4 }, { result: 'fail' });
    respond = applied;
    expect(await outbox.drain()).toBeNull();
    expect(sent[1]).toMatchObject({ body: { result: 'pass', version: 4 } });
    expect(sent[1]?.id).not.toBe(parked?.id);

    await outbox.add(answer(2, { result: 'pass' }));
    respond = conflict;
    await outbox.drain();
    await outbox.discard(outbox.read()[0]!.id);
    await reopen();
    expect(outbox.read()).toEqual([]);
  });
});

describe('an inspection that somebody else took over meanwhile', () => {
  const act = (fields: { status?: 'submitted'; holderId?: string }): NewOperation => ({
    kind: 'checklist',
    method: 'PATCH',
    url: '/api/checklists/list-1',
    body: { ...fields, version: outbox.day()!.appointments[0]!.checklists[0]!.version },
    about: { appointmentId: 'visit-1', checklistId: 'list-1' },
    record: 'visit-1/list-1',
    base: {},
    label: 'Courtesy check',
  });
  it('is said to be so, shown as it is, and what was answered goes out all the same', async () => {
    await outbox.add(act({ holderId: MARCUS.id }));
    await outbox.add(answer(1, { result: 'pass' }));
    await outbox.add(act({ status: 'submitted' }));
    const theirs = makeChecklist(COUNT, { holderId: 'luis', holderName: 'Luis Vega', version: 5 });
    respond = (operation) => {
      if (operation.kind === 'item') return applied(operation);
      const [field, yours, present] = operation.body.status ? ['status', 'submitted', 'open'] : ['holderId', MARCUS.name, 'Luis Vega'];
      const conflicts = [{ field, yours, theirs: present, base: null, changedBy: 'Luis Vega', changedAt: null }];
      throw new ApiError(409, { code: 'edit_conflict', ...({ conflicts, inspection: theirs } as object) });
    };
    expect(await outbox.drain()).toBeNull();
    expect(sent.map((one) => [one.kind, one.body.version])).toEqual([
      ['checklist', 1],
      ['item', 1],
      ['checklist', 1],
    ]);
    expect(outbox.read().map((one) => one.error?.version)).toEqual([5, 5]);
    expect(outbox.day()?.appointments[0]?.checklists[0]).toMatchObject({ holderName: 'Luis Vega', version: 5 });
  });
  it('is sent with the version that stood on the screen, however much was answered since', async () => {
    respond = (operation) => (operation.kind === 'item' ? applied(operation) : { ...operation.body, version: 2 });
    await outbox.add(act({ holderId: MARCUS.id }));
    await outbox.add(act({ status: 'submitted' }));
    expect(await outbox.drain()).toBeNull();
    expect(sent.map((one) => one.body.version)).toEqual([1, 1]);
    // What comes after an answer has seen it.
    await outbox.add(act({ status: 'submitted' }));
    expect(outbox.read()[0]?.body.version).toBe(2);
  });
});

describe('one point, changed again and again', () => {
  it('goes out as one change', async () => {
    for (const note of ['w', 'wo', 'worn']) await outbox.add(answer(1, { note }));
    expect(outbox.read()).toHaveLength(1);
    await outbox.drain();
    expect(sent.map((one) => one.body.note)).toEqual(['worn']);
  });
  it('is one change where a reading and another answer than it suggests come in one movement', async () => {
    await Promise.all([
      outbox.add(answer(1, { reading: '2', result: 'fail' }, { reading: null, result: null })),
      outbox.add(answer(1, { result: 'attention' }, { result: null })),
    ]);
    expect(outbox.read()).toMatchObject([{ body: { reading: '2', result: 'attention' }, base: { reading: null, result: null } }]);
    await reopen();
    expect(outbox.read()).toHaveLength(1);
  });
  it('builds on what waits, also where it was made from a screen that did not show it', async () => {
    let release: () => void = () => undefined;
    respond = async (operation) => {
      if (sent.length === 1) await new Promise<void>((done) => (release = done));
      return applied(operation);
    };
    await outbox.add(answer(1, { reading: '2', result: 'fail' }, { reading: null, result: null }));
    const draining = outbox.drain();
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    await outbox.add(answer(1, { result: 'attention' }, { result: null }));
    release();
    await draining;
    await outbox.drain();
    expect(sent.map((one) => one.body)).toEqual([
      { reading: '2', result: 'fail', version: 1 },
      { result: 'attention', version: 2 },
    ]);
  });
  it('is still written when there was no room for the act before it', async () => {
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementationOnce(() => {
      throw new DOMException('', 'QuotaExceededError');
    });
    const [photo, result] = await Promise.allSettled([outbox.add(...photoOf('photo-1')), outbox.add(answer(1, { result: 'pass' }))]);
    put.mockRestore();
    expect([photo.status, result.status]).toEqual(['rejected', 'fulfilled']);
    expect(outbox.read().map((one) => one.kind)).toEqual(['item']);
  });
  it('is no conflict with itself when the first change was already on its way', async () => {
    let release: () => void = () => undefined;
    respond = async (operation) => {
      if (sent.length === 1) await new Promise<void>((done) => (release = done));
      return applied(operation);
    };
    await outbox.add(answer(1, { result: 'pass' }, { result: null }));
    const draining = outbox.drain();
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    await outbox.add(answer(1, { result: 'fail' }, { result: 'pass' }));
    release();
    await draining;
    await outbox.drain();
    expect(sent.map((one) => one.body)).toEqual([
      { result: 'pass', version: 1 },
      { result: 'fail', version: 2 },
    ]);
  });
});

function act(record: string, kind: NewOperation['kind'], changes: Partial<NewOperation> = {}): NewOperation {
  const [appointmentId = '', checklistId = '', itemId] = record.split('/');
  const about = { appointmentId, checklistId, ...(itemId ? { itemId } : {}) };
  return { kind, method: 'POST', url: `/api/${record}`, body: {}, about, record, base: {}, label: record, ...changes };
}
const photoOf = (id: string): [NewOperation, { id: string; itemId: string; bytes: ArrayBuffer; type: string }] => [
  act(`visit-1/list-1/item-1/${id}`, 'photo', { id, body: { id }, about: { ...about(1), photoId: id } }),
  { id, itemId: 'item-1', bytes: new ArrayBuffer(16), type: 'image/jpeg' },
];
const refuse = (status: number, code: string): never => {
  throw new ApiError(status, { code });
};

describe('where the storage is full', () => {
  /** Puts into these stores fail from now on. */
  const fill = (...stores: string[]): void => {
    const { put, add } = IDBObjectStore.prototype;
    const check = (store: IDBObjectStore): void => {
      if (stores.includes(store.name)) throw new DOMException('', 'QuotaExceededError');
    };
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...parts) {
      check(this);
      return put.apply(this, parts);
    });
    vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(function (this: IDBObjectStore, ...parts) {
      check(this);
      return add.apply(this, parts);
    });
  };
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('an act is not half written, and says so', async () => {
    fill('photos');
    await expect(outbox.add(...photoOf('photo-1'))).rejects.toMatchObject({ name: 'QuotaExceededError' });
    expect(outbox.read()).toEqual([]);
    await reopen();
    expect(outbox.read()).toEqual([]);
  });
  it('the queue goes out all the same and makes room', async () => {
    await outbox.add(answer(1, { result: 'pass' }));
    await outbox.add(answer(2, { result: 'fail' }));
    await outbox.add(...photoOf('photo-1'));
    fill('operations', 'days', 'photos');
    respond = (operation) => (operation.kind === 'photo' ? { id: 'photo-1', storedAt: '2026-11-20T15:00:00Z' } : applied(operation));
    expect(await outbox.drain()).toBeNull();
    expect(sent).toHaveLength(3);
    expect(await db.count('operations')).toBe(0);
    expect(await db.count('photos')).toBe(0);
    expect(findItem(outbox.day(), about(2))).toMatchObject({ result: 'fail', version: 2 });
    // A day from before does not come back to the screen.
    await outbox.drain();
    expect(findItem(outbox.day(), about(2))).toMatchObject({ result: 'fail', version: 2 });
  });
  it('what was handed over without a mark keeps its key and its body, and no edit joins it', async () => {
    await outbox.add(answer(1, { result: 'pass' }));
    fill('operations');
    respond = () => refuse(0, 'network');
    expect(await outbox.drain()).toBe('offline');
    vi.restoreAllMocks();
    await outbox.keepDay(makeDay({ appointments: [makeVisit({ checklists: [makeChecklist(1, { items: [makeItem(1, { version: 7 })] })] })] }));
    await outbox.load();
    await outbox.add(answer(1, { note: 'worn' }));
    respond = applied;
    expect(await outbox.drain()).toBeNull();
    expect(sent.map((one) => one.body)).toEqual([sent[0]?.body, sent[0]?.body, { note: 'worn', version: 8 }]);
    expect(sent[1]?.id).toBe(sent[0]?.id);
  });
});

describe('what was refused', () => {
  it('of a submission is made good and submitted anew', async () => {
    const submit = act('visit-1/list-1', 'checklist', { method: 'PATCH', body: { status: 'submitted' } });
    let isWhole = false;
    respond = (operation) => {
      if (operation.kind === 'photo') isWhole = true;
      return operation.kind === 'checklist' && !isWhole ? refuse(422, 'inspection_incomplete') : operation.body;
    };
    await outbox.add(submit);
    await outbox.drain();
    expect(outbox.read()).toMatchObject([{ error: { code: 'inspection_incomplete' } }]);
    // What mends it takes the refusal away: the inspection is gone on with.
    await outbox.add(...photoOf('photo-1'));
    expect(outbox.read().map((one) => one.kind)).toEqual(['photo']);
    await outbox.add(submit);
    expect(outbox.read().map((one) => one.kind)).toEqual(['photo', 'checklist']);
    respond = (operation) => (operation.kind === 'checklist' ? refuse(422, 'inspection_incomplete') : operation.body);
    await outbox.drain();
    // Where nothing is mended here it is sent again, or said anew, which takes the refused one's place.
    const [refused] = outbox.read();
    await outbox.amend(refused!.id, refused!.body, refused!.base);
    expect(outbox.read()).toMatchObject([{ kind: 'checklist', error: null }]);
    await outbox.drain();
    await outbox.add(submit);
    expect(outbox.read()).toMatchObject([{ kind: 'checklist', error: null }]);
    respond = (operation) => operation.body;
    await outbox.drain();
    await reopen();
    expect(outbox.read()).toEqual([]);
  });
  it('is given up with what is nothing without it', async () => {
    await outbox.add(act('visit-1/list-9', 'start'));
    for (const number of [1, 2, 3]) await outbox.add(act(`visit-1/list-9/item-${number}`, 'item', { method: 'PATCH' }));
    await outbox.add(answer(1, { result: 'pass' }));
    respond = (operation) => (operation.kind === 'start' ? refuse(404, 'not_found') : refuse(0, 'network'));
    await outbox.drain();
    await outbox.discard(outbox.read()[0]!.id);
    await reopen();
    expect(outbox.read().map((one) => one.record)).toEqual(['visit-1/list-1/item-1']);
  });
  it('says what the server says there is none of', async () => {
    await outbox.add(act('visit-1/list-9', 'start'));
    respond = () => {
      throw new ApiError(404, { code: 'not_found', detail: 'There is no such job of yours.' });
    };
    await outbox.drain();
    expect(outbox.read()[0]?.error?.words).toBe('There is no such job of yours.');
  });
});

describe('a photo that is taken back', () => {
  it('never goes out where it has not', async () => {
    await outbox.add(...photoOf('photo-1'));
    expect(await outbox.takeBack('photo-1')).toBe(true);
    await outbox.drain();
    expect(sent).toEqual([]);
    expect(await db.count('photos')).toBe(0);
  });
  it('stays in the queue while it is on its way, so that what removes it comes after it', async () => {
    let release: () => void = () => undefined;
    await outbox.add(...photoOf('photo-1'));
    respond = (operation) => new Promise((done) => (release = () => done(operation.body)));
    const draining = outbox.drain();
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    expect(await outbox.takeBack('photo-1')).toBe(false);
    expect(await db.count('operations')).toBe(1);
    release();
    await draining;
  });
  it('is out of the queue once it was refused, and known to the shop', async () => {
    await outbox.add(...photoOf('photo-1'));
    respond = () => refuse(422, 'photo_refused');
    await outbox.drain();
    expect(await outbox.takeBack('photo-1')).toBe(false);
    await reopen();
    expect(outbox.read()).toEqual([]);
  });
  it('does not come back by a refusal that was on its way', async () => {
    await outbox.add(answer(1, { result: 'pass' }));
    respond = async () => {
      await outbox.discard(outbox.read()[0]!.id);
      return refuse(422, 'invalid');
    };
    await outbox.drain();
    await reopen();
    expect(outbox.read()).toEqual([]);
  });
});

it('keeps no day that another window’s answers are newer than', async () => {
  const second = createOutbox(db, MARCUS.id, send, () => undefined);
  await second.load();
  const asOf = await second.mark();
  await outbox.add(answer(1, { result: 'pass' }));
  await outbox.drain();
  expect(await second.keepDay(day(), asOf)).toBe(false);
  expect(findItem((await readDay(db, MARCUS.id))!.day, about(1))).toMatchObject({ result: 'pass' });
  expect(findItem(second.day(), about(1))).toMatchObject({ result: 'pass' });
  expect(await second.keepDay(day(), await second.mark())).toBe(true);
});

it('drains five hundred changes quickly, at most four at once', async () => {
  let inFlight = 0;
  let most = 0;
  respond = async (operation) => {
    inFlight += 1;
    most = Math.max(most, inFlight);
    await new Promise((done) => setTimeout(done, 1));
    inFlight -= 1;
    return applied(operation);
  };
  for (let number = 1; number <= COUNT; number += 1) await outbox.add(answer(number, { result: 'pass' }));
  const began = performance.now();
  expect(await outbox.drain()).toBeNull();
  expect(sent).toHaveLength(COUNT);
  expect(most).toBe(4);
  expect(performance.now() - began).toBeLessThan(10_000);
}, 30_000);
