import 'fake-indexeddb/auto';
import { Blob as NodeBlob } from 'node:buffer';
import { fireEvent, render, screen } from '@testing-library/react';
import { IDBFactory } from 'fake-indexeddb';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { sessionSign } from '@/api';
import { CHUNK_BYTES } from '@/features/photos/upload';
import { openDatabase, readPerson } from '@/offline/db';
import type { Keeper } from '@/offline/keeper';
import { createKeeper } from '@/offline/keeper';
import type { Day } from '@/offline/types';
import { MARCUS, makeChecklist, makeDay, makeItem, makeVisit } from '@/testing/tech-day';
import { Answers } from './Answers';
import { answer, takePhoto } from './acts';
import { ReadingField } from './ReadingField';
import { keeper as shown, useWork } from './work';

const ORIGIN = 'http://localhost:3000';
// jsdom's own can neither be hashed nor sent.
vi.stubGlobal('Blob', NodeBlob);
const server = setupServer();
let day: Day;
let isDown: boolean;
let heard: { url: string; key: string | null; body: unknown }[];
let keeper: Keeper;

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterAll(() => server.close());
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  localStorage.clear();
  day = makeDay();
  isDown = false;
  heard = [];
  server.use(
    http.get(`${ORIGIN}/api/tech/today`, () => (isDown ? HttpResponse.error() : HttpResponse.json(day))),
    http.patch(`${ORIGIN}/api/checklists/:list/items/:item`, async ({ request, params }) => {
      if (isDown) return HttpResponse.error();
      const body = (await request.json()) as { version: number };
      heard.push({ url: request.url, key: request.headers.get('idempotency-key'), body });
      const item = day.appointments[0]?.checklists[0]?.items.find((one) => one.id === params.item);
      const next = { ...item, ...body, version: body.version + 1 };
      Object.assign(item ?? {}, next);
      return HttpResponse.json(next);
    }),
    http.post(`${ORIGIN}/api/tablet/lock`, () => (isDown ? HttpResponse.error() : (heard.push({ url: 'lock', key: null, body: null }), new HttpResponse(null, { status: 204 })))),
  );
});
afterEach(() => {
  server.resetHandlers();
  document.cookie = 'csrf_access_token=; max-age=0';
  document.cookie = 'csrf_refresh_token=; max-age=0';
});

const start = async (): Promise<void> => {
  keeper = createKeeper();
  await keeper.start();
};
const placeIn = ({ appointments }: Day) => {
  const visit = appointments[0]!;
  const checklist = visit.checklists[0]!;
  return { visit, checklist, item: checklist.items[0]! };
};
const place = () => placeIn(keeper.read().day!);
/** Holds answers back until it is opened; `reached` counts who waits. */
function makeGate() {
  const waiting: (() => void)[] = [];
  let isOpen = false;
  return {
    reached: () => waiting.length,
    pass: () => (isOpen ? Promise.resolve() : new Promise<void>((done) => waiting.push(done))),
    open: () => {
      isOpen = true;
      for (const done of waiting) done();
    },
  };
}
const signIn = (cookie: string): void => {
  document.cookie = `csrf_access_token=${cookie}`;
};
const LUIS = { id: 'luis', name: 'Luis Ortega' };
const is = (check: () => void) => vi.waitFor(check, { timeout: 8_000 });

describe('a tablet', () => {
  it('shows who is signed in and their day, and keeps it for when there is no network', async () => {
    await start();
    await is(() => expect(keeper.read()).toMatchObject({ status: 'in', person: MARCUS, connection: 'online', day: { appointments: [{}] } }));
    isDown = true;
    await start();
    await is(() => expect(keeper.read()).toMatchObject({ status: 'in', person: MARCUS, connection: 'offline' }));
    expect(keeper.read().day?.appointments[0]?.keyTag).toBe('27');
  });

  it('says to a role that has no work on a tablet that this is why, until somebody else comes', async () => {
    server.use(http.get(`${ORIGIN}/api/tech/today`, () => HttpResponse.json({ code: 'forbidden', detail: 'You may not do this.' }, { status: 403 })));
    await start();
    await is(() => expect(keeper.read()).toMatchObject({ status: 'out', connection: 'refused', refusal: expect.stringContaining('those who work at the cars'), ownPage: '/' }));
    keeper.sync();
    await is(() => expect(keeper.read().isSyncing).toBe(false));
    expect(keeper.read().connection).toBe('refused');
  });

  it('says how much waits while the shop is away, and brings it there once when it is back', async () => {
    await start();
    await is(() => expect(keeper.read().day).not.toBeNull());
    isDown = true;
    await keeper.add(answer(place(), { result: 'fail' }));
    expect(place().item.result).toBe('fail');
    await is(() => expect(keeper.read()).toMatchObject({ connection: 'offline', operations: [{ error: null }] }));
    // Killed, and started without a network.
    await start();
    await is(() => expect(keeper.read().connection).toBe('offline'));
    expect(place().item.result).toBe('fail');
    isDown = false;
    keeper.sync();
    await is(() => expect(keeper.read()).toMatchObject({ connection: 'online', operations: [] }));
    expect(heard).toHaveLength(1);
    expect(heard[0]?.body).toEqual({ result: 'fail', version: 1 });
  });

  it('sends nothing of one person in another’s session', async () => {
    await start();
    await is(() => expect(keeper.read().day).not.toBeNull());
    isDown = true;
    await keeper.add(answer(place(), { result: 'fail' }));
    // Ana signs in in another window while this one tries again and again.
    day = makeDay({ me: { id: 'ana', name: 'Ana Lima' } });
    document.cookie = 'csrf_access_token=of-ana';
    isDown = false;
    keeper.sync();
    await is(() => expect(keeper.read()).toMatchObject({ person: { id: 'ana' }, operations: [], others: new Map([[MARCUS.id, 1]]) }));
    expect(heard).toEqual([]);
    day = makeDay();
    document.cookie = 'csrf_access_token=of-marcus';
    await keeper.enter(MARCUS);
    await is(() => expect(keeper.read()).toMatchObject({ person: MARCUS, operations: [] }));
    expect(heard).toHaveLength(1);
  });

  it('forgets the day when somebody leaves, keeps what waits, and tells the shop as soon as it can', async () => {
    await start();
    await is(() => expect(keeper.read().day).not.toBeNull());
    isDown = true;
    await keeper.add(answer(place(), { result: 'fail' }));
    await keeper.leave('/api/tablet/lock');
    expect(keeper.read()).toMatchObject({ status: 'out', person: null, day: null, others: new Map([[MARCUS.id, 1]]) });
    isDown = false;
    server.use(http.get(`${ORIGIN}/api/tech/today`, () => HttpResponse.json({ code: 'not_signed_in' }, { status: 401 })));
    await start();
    await is(() => expect(heard.map((one) => one.url)).toEqual(['lock']));
  });

  it('asks for the PIN again when the session is over, and goes on where it was', async () => {
    await start();
    await is(() => expect(keeper.read().day).not.toBeNull());
    server.use(http.get(`${ORIGIN}/api/tech/today`, () => HttpResponse.json({ code: 'session_ended' }, { status: 401 })));
    keeper.sync();
    await is(() => expect(keeper.read()).toMatchObject({ status: 'in', connection: 'signedOut' }));
    expect(keeper.read().day).not.toBeNull();
  });

  it('says why the shop lets nobody in who may come in', async () => {
    await start();
    await is(() => expect(keeper.read().day).not.toBeNull());
    server.use(http.get(`${ORIGIN}/api/tech/today`, () => HttpResponse.json({ code: 'feature_off' }, { status: 403 })));
    keeper.sync();
    await is(() => expect(keeper.read()).toMatchObject({ status: 'in', connection: 'refused', refusal: 'This feature is switched off for your shop.', ownPage: '/board' }));
  });

  it('keeps no refusal for whoever comes next', async () => {
    await start();
    await is(() => expect(keeper.read().day).not.toBeNull());
    server.use(http.get(`${ORIGIN}/api/tech/today`, () => HttpResponse.json({ code: 'forbidden' }, { status: 403 })));
    keeper.sync();
    await is(() => expect(keeper.read()).toMatchObject({ connection: 'refused', isSyncing: false }));
    await keeper.leave('/api/tablet/lock');
    expect(keeper.read()).toMatchObject({ status: 'out', connection: 'signedOut', refusal: null });
  });

  it('says whose changes wait before anybody is in', async () => {
    await start();
    await is(() => expect(keeper.read().day).not.toBeNull());
    isDown = true;
    await keeper.add(answer(place(), { result: 'fail' }));
    await keeper.leave('/api/tablet/lock');
    await start();
    await is(() => expect(keeper.read()).toMatchObject({ status: 'out', others: new Map([[MARCUS.id, 1]]) }));
  });

  it('says that it is full, shows the day, and goes on', async () => {
    await start();
    await is(() => expect(keeper.read()).toMatchObject({ isSyncing: false, isFull: false }));
    const spy = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('', 'QuotaExceededError');
    });
    day = makeDay({ appointments: [{ ...day.appointments[0]!, keyTag: '31' }] });
    keeper.sync();
    await is(() => expect(keeper.read()).toMatchObject({ isFull: true, connection: 'online', day: { appointments: [{ keyTag: '31' }] } }));
    // Nobody is kept out, and nobody is taken for the former one at the next start.
    day = makeDay({ me: LUIS });
    signIn('of-luis');
    await keeper.enter(LUIS);
    await is(() => expect(keeper.read()).toMatchObject({ status: 'in', person: LUIS, isSyncing: false }));
    spy.mockRestore();
    const db = await openDatabase();
    expect(await readPerson(db)).toBeNull();
    db.close();
    keeper.sync();
    await is(() => expect(keeper.read()).toMatchObject({ isFull: false }));
  });

  it('keeps nothing of whoever was here before and did not say goodbye, but what waits', async () => {
    const db = await openDatabase();
    await db.put('days', { userId: 'luis', day: makeDay(), keptAt: 1 });
    for (const id of ['stored', 'waiting']) await db.put('photos', { id, userId: 'luis', itemId: 'item-1', bytes: new ArrayBuffer(8), type: 'image/jpeg' });
    await db.add('operations', { ...answer(placeIn(makeDay()), { result: 'pass' }), id: 'waiting', userId: 'luis', createdAt: 1, tries: 0, error: null, about: { appointmentId: 'visit-1', photoId: 'waiting' } } as never);
    await start();
    await is(() => expect(keeper.read()).toMatchObject({ status: 'in', person: MARCUS, isSyncing: false }));
    expect(await db.getAllKeys('days')).toEqual([MARCUS.id]);
    expect(await db.getAllKeys('photos')).toEqual(['waiting']);
    expect(await db.count('operations')).toBe(1);
    db.close();
  });

  describe('that changes hands', () => {
    /** Marcus is in, and the shop's next answer about the day is on its way. */
    const askForDay = async (): Promise<ReturnType<typeof makeGate>> => {
      signIn('of-marcus');
      await start();
      await is(() => expect(keeper.read()).toMatchObject({ status: 'in', isSyncing: false }));
      const gate = makeGate();
      const marcus = makeDay();
      server.use(
        http.get(`${ORIGIN}/api/tech/today`, async () => {
          if (sessionSign() !== 'of-marcus') return HttpResponse.json(makeDay({ me: LUIS }));
          await gate.pass();
          return HttpResponse.json(marcus);
        }),
      );
      keeper.sync();
      await is(() => expect(gate.reached()).toBe(1));
      return gate;
    };
    const kept = async (): Promise<{ days: string[]; person: string | undefined }> => {
      const db = await openDatabase();
      const found = { days: (await db.getAllKeys('days')).map(String), person: (await db.get('people', 'now'))?.id };
      db.close();
      return found;
    };

    it('stays locked when an answer comes late', async () => {
      const gate = await askForDay();
      await keeper.leave('/api/tablet/lock');
      gate.open();
      await is(() => expect(keeper.read()).toMatchObject({ isSyncing: false }));
      expect(keeper.read()).toMatchObject({ status: 'out', person: null, day: null });
      expect(await kept()).toEqual({ days: [], person: undefined });
    });
    it('is the next one’s, whatever was on its way for the former, whose acts wait', async () => {
      const gate = await askForDay();
      await keeper.add(answer(place(), { result: 'fail' }));
      await keeper.leave('/api/tablet/lock');
      signIn('of-luis');
      await keeper.enter(LUIS);
      gate.open();
      await is(() => expect(keeper.read()).toMatchObject({ status: 'in', isSyncing: false, connection: 'online', day: { me: LUIS } }));
      expect(keeper.read()).toMatchObject({ person: LUIS, others: new Map([[MARCUS.id, 1]]) });
      expect(await kept()).toEqual({ days: ['luis'], person: 'luis' });
      expect(heard.filter((one) => one.url !== 'lock')).toEqual([]);
    });
    it('finishes no photo of the former one in the next one’s session, and does not wait for it', async () => {
      signIn('of-marcus');
      await start();
      await is(() => expect(keeper.read()).toMatchObject({ status: 'in', isSyncing: false }));
      const gate = makeGate();
      const said: string[] = [];
      const size = 2 * CHUNK_BYTES;
      const say = (what: string, received: number) => {
        said.push(`${what}, ${sessionSign() ?? ''}`);
        return HttpResponse.json({ id: 'photo', received, storedAt: null });
      };
      server.use(
        http.get(`${ORIGIN}/api/tech/today`, () => HttpResponse.json(makeDay(sessionSign() === 'of-luis' ? { me: LUIS } : {}))),
        http.post(`${ORIGIN}/api/items/:id/photos`, () => say('begin', 0)),
        http.put(`${ORIGIN}/api/photos/:id/chunks/:start`, async () => {
          const answered = say('chunk', CHUNK_BYTES);
          await gate.pass();
          return answered;
        }),
        http.post(`${ORIGIN}/api/photos/:id/finish`, () => say('finish', size)),
      );
      await keeper.add(...takePhoto(place(), { bytes: new ArrayBuffer(size), type: 'image/jpeg', width: 4, height: 3 }));
      await is(() => expect(said).toEqual(['begin, of-marcus', 'chunk, of-marcus']));
      await keeper.leave('/api/tablet/lock');
      signIn('of-luis');
      await keeper.enter(LUIS);
      // Nothing has answered Marcus's piece yet.
      await is(() => expect(keeper.read()).toMatchObject({ connection: 'online', day: { me: LUIS } }));
      await keeper.add(answer(place(), { result: 'pass' }));
      await is(() => expect(keeper.read()).toMatchObject({ operations: [] }));
      gate.open();
      await is(() => expect(keeper.read()).toMatchObject({ isSyncing: false }));
      expect(said).toHaveLength(2);
      expect(keeper.read()).toMatchObject({ person: LUIS, others: new Map([[MARCUS.id, 1]]) });
    });
    it('is not locked again by a farewell that stalled', async () => {
      document.cookie = 'csrf_refresh_token=of-marcus';
      signIn('of-marcus');
      await start();
      await is(() => expect(keeper.read()).toMatchObject({ status: 'in', isSyncing: false }));
      const gate = makeGate();
      const said: (string | null)[] = [];
      server.use(
        http.get(`${ORIGIN}/api/tech/today`, () => HttpResponse.json(makeDay({ me: LUIS }))),
        http.post(`${ORIGIN}/api/tablet/lock`, async () => {
          said.push(sessionSign());
          await gate.pass();
          return HttpResponse.json({ code: 'session_ended' }, { status: 401 });
        }),
      );
      const leaving = keeper.leave('/api/tablet/lock');
      await is(() => expect(said).toEqual(['of-marcus']));
      document.cookie = 'csrf_refresh_token=of-luis';
      signIn('of-luis');
      await keeper.enter(LUIS);
      gate.open();
      await leaving;
      await is(() => expect(keeper.read()).toMatchObject({ isSyncing: false, person: LUIS, status: 'in' }));
      expect(said).toEqual(['of-marcus']);
    });
  });
});

it('keeps a reading and another answer than it suggests, given in one movement, as one change', async () => {
  const tread = makeItem(1, { unit: '/32 in', limits: { failBelow: '3', attentionBelow: '5', attentionAbove: null, failAbove: null } });
  day = makeDay({ appointments: [makeVisit({ checklists: [makeChecklist(1, { items: [tread] })] })] });
  function Point() {
    const work = useWork();
    if (!work.day) return null;
    const at = placeIn(work.day);
    return (
      <>
        <ReadingField place={at} isDisabled={false} />
        <Answers place={at} />
      </>
    );
  }
  render(<Point />);
  await shown.start();
  const field = await screen.findByRole('textbox');
  isDown = true;
  fireEvent.focus(field);
  fireEvent.change(field, { target: { value: '2' } });
  // A finger on an answer leaves the field and taps within milliseconds.
  fireEvent.blur(field);
  fireEvent.click(screen.getByRole('button', { name: 'Attention' }));
  await is(() => expect(screen.getByRole('button', { name: 'Attention' })).toHaveAttribute('aria-pressed', 'true'));
  await is(() => expect(shown.read().operations).toMatchObject([{ body: { reading: '2', result: 'attention' }, base: { reading: null, result: null } }]));
  expect(screen.getByRole('textbox')).toHaveValue('2');
});
