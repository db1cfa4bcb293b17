import { renderHook } from '@testing-library/react';
import { act } from 'react';
import type { VisitPage } from './api';
import { LOOK_EVERY, useVisit } from './useVisit';

const page = (versionNo: number): VisitPage => ({ visit: { number: 7 }, estimate: { versionNo } }) as VisitPage;
const answer = (status: number, body: unknown, etag = ''): Response => new Response(body === null ? null : JSON.stringify(body), { status, headers: { ETag: etag } });

/** A server that shows `now` and knows what it was told. */
function serve(version: number) {
  const server = { now: page(version), asked: [] as string[], isDown: false };
  vi.stubGlobal('fetch', (url: string, init: { headers: Record<string, string> }) => {
    server.asked.push(url.split('/').at(-1) ?? '');
    if (server.isDown) return Promise.reject(new TypeError('no network'));
    if (url.endsWith('/opened')) return Promise.resolve(answer(204, null));
    const etag = String(server.now.estimate?.versionNo);
    return Promise.resolve(init.headers['If-None-Match'] === etag ? answer(304, null) : answer(200, server.now, etag));
  });
  return server;
}

const pass = (time: number): Promise<void> =>
  act(async () => {
    await vi.advanceTimersByTimeAsync(time);
  });
const count = (asked: string[], what: string): number => asked.filter((one) => one === what).length;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('shows what the shop does within two seconds, and tells once of each version that it was seen', async () => {
  const server = serve(1);
  const { result } = renderHook(() => useVisit());
  await pass(10);
  expect(result.current.page?.estimate?.versionNo).toBe(1);
  server.now = page(2);
  await pass(LOOK_EVERY + 100);
  expect(LOOK_EVERY).toBeLessThan(1_800);
  expect(result.current.page?.estimate?.versionNo).toBe(2);
  await pass(10 * LOOK_EVERY);
  expect(count(server.asked, 'opened')).toBe(2);
});

it('looks seldom when nobody has touched it for long, and when nothing answers', async () => {
  const server = serve(11);
  renderHook(() => useVisit());
  await pass(11 * 60_000);
  const before = count(server.asked, 'visit');
  await pass(16_000);
  expect(count(server.asked, 'visit') - before).toBe(2);
  act(() => void document.dispatchEvent(new Event('pointerdown')));
  await pass(16_000);
  expect(count(server.asked, 'visit') - before).toBeGreaterThan(5);
  server.isDown = true;
  await pass(16_000);
  const down = count(server.asked, 'visit');
  await pass(16_000);
  expect(count(server.asked, 'visit') - down).toBeLessThanOrEqual(2);
});

it('keeps the answer to what was sent over a page that was read before', async () => {
  serve(21);
  const { result } = renderHook(() => useVisit());
  await pass(10);
  let finish: (response: Response) => void = () => undefined;
  vi.stubGlobal('fetch', () => new Promise<Response>((resolve) => (finish = resolve)));
  await pass(LOOK_EVERY);
  act(() => result.current.show(page(23)));
  await act(async () => finish(answer(200, page(22))));
  expect(result.current.page?.estimate?.versionNo).toBe(23);
});
