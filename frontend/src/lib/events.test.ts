import { renderHook } from '@testing-library/react';
import { Stream } from '@/testing/streams';
import { connect, useLive, useLiveState, usePollInterval, withMissed } from './events';

let health: () => Promise<Response>;
let stop: () => void;
beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  Stream.all = [];
  health = () => Promise.resolve(new Response('ok'));
  vi.stubGlobal('EventSource', Stream);
  vi.stubGlobal('fetch', () => health());
  stop = connect('brooklyn');
});
afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});
const pass = (time: number): Promise<unknown> => vi.advanceTimersByTimeAsync(time);
/** What a component would read now. */
function read<T>(hook: () => T): T {
  const { result, unmount } = renderHook(hook);
  unmount();
  return result.current;
}
const state = () => read(useLiveState).mode;
const poll = () => read(() => usePollInterval(2_000));
function resyncs(): () => number {
  const seen = vi.fn();
  renderHook(() => useLive('resync', seen));
  return () => seen.mock.calls.length;
}

describe('the stream of live changes', () => {
  it('is live once the server has greeted, and lets the screens poll until then', async () => {
    stop();
    vi.resetModules();
    const fresh = await import('./events');
    expect(read(() => fresh.usePollInterval(2_000))).toBe(2_000);
    stop = fresh.connect('brooklyn');
    Stream.last.say('hello');
    expect(read(() => fresh.usePollInterval(2_000))).toBe(false);
  });
  it('has everything asked again after its first opening too: what happened before it was told to nobody', async () => {
    const count = resyncs();
    Stream.last.say('hello');
    await pass(1_500);
    expect(count()).toBe(1);
  });
  it('adds to an answer what was told while it was on its way, and nothing told before or after', async () => {
    Stream.last.say('services', { id: 'before' });
    const answer = withMissed('services', () => pass(100).then(() => ['asked']), (known, { id }) => [...known, id]);
    Stream.last.say('services', { id: 'meanwhile' });
    expect(await answer).toEqual(['asked', 'meanwhile']);
    Stream.last.say('services', { id: 'after' });
    expect(await answer).toEqual(['asked', 'meanwhile']);
  });
  it('stays while pings come', async () => {
    Stream.last.say('hello');
    for (let i = 0; i < 8; i++) {
      await pass(15_000);
      Stream.last.say('ping');
    }
    expect(Stream.all).toHaveLength(1);
    expect(state()).toBe('live');
  });
  it('that has gone silent is given up, asked about and opened again', async () => {
    Stream.last.say('hello');
    await pass(1_500);
    const count = resyncs();
    await pass(38_600);
    expect(Stream.all[0]?.isClosed).toBe(true);
    expect(state()).toBe('polling');
    expect(poll()).toBe(2_000);
    await pass(1_000);
    expect(Stream.all).toHaveLength(2);
    Stream.last.say('hello');
    expect(count()).toBe(1);
    expect(state()).toBe('live');
  });
  it('that never greets is given up after five seconds', async () => {
    Stream.last.onopen?.();
    await pass(5_100);
    expect(Stream.all[0]?.isClosed).toBe(true);
    expect(state()).toBe('polling');
  });
  it('is not declared offline by a question that was asked before it came back', async () => {
    Stream.last.say('hello');
    health = () => new Promise((_, refuse) => setTimeout(() => refuse(new Error('timeout')), 4_000));
    Stream.last.onerror?.();
    await pass(1_100);
    Stream.last.say('hello');
    await pass(4_000);
    expect(state()).toBe('live');
  });
  it('of a server that does not answer is offline', async () => {
    health = () => Promise.reject(new TypeError('refused'));
    Stream.last.onerror?.();
    await pass(10);
    expect(state()).toBe('offline');
  });
});
