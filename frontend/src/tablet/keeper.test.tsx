import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { MARCUS, makeDay } from '@/testing/tech-day';
import { answer } from './acts';
import type { Keeper } from '@/offline/keeper';
import { createKeeper } from '@/offline/keeper';
import type { Day } from '@/offline/types';

const ORIGIN = 'http://localhost:3000';
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
});

const start = async (): Promise<void> => {
  keeper = createKeeper();
  await keeper.start();
};
const place = () => {
  const visit = keeper.read().day!.appointments[0]!;
  const checklist = visit.checklists[0]!;
  return { visit, checklist, item: checklist.items[0]! };
};
const is = (check: () => void) => vi.waitFor(check, { timeout: 8_000 });

describe('a tablet', () => {
  it('shows who is signed in and their day, and keeps it for when there is no network', async () => {
    await start();
    await is(() => expect(keeper.read()).toMatchObject({ status: 'in', person: MARCUS, connection: 'online' }));
    expect(keeper.read().day?.appointments).toHaveLength(1);
    isDown = true;
    await start();
    await is(() => expect(keeper.read()).toMatchObject({ status: 'in', person: MARCUS, connection: 'offline' }));
    expect(keeper.read().day?.appointments[0]?.keyTag).toBe('27');
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
    await is(() => expect(keeper.read()).toMatchObject({ person: { id: 'ana' }, operations: [], others: 1 }));
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
    expect(keeper.read()).toMatchObject({ status: 'out', person: null, day: null, others: 1 });
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
});
