import { act, renderHook } from '@testing-library/react';
import { useNow } from './now';

beforeEach(() => vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] }));
afterEach(() => vi.useRealTimers());

it.each([
  ['the page is seen again', () => document.dispatchEvent(new Event('visibilitychange'))],
  ['Back brings the page out of memory', () => window.dispatchEvent(new Event('pageshow'))],
])('is the present at once when %s, not up to a tick later', (_words, wake) => {
  vi.setSystemTime('2026-11-20T14:00:00Z');
  const { result } = renderHook(() => useNow());
  expect(result.current).toBe(Date.parse('2026-11-20T14:00:00Z'));
  // The device slept: no tick came.
  vi.setSystemTime('2026-11-20T18:30:00Z');
  expect(result.current).toBe(Date.parse('2026-11-20T14:00:00Z'));
  act(() => void wake());
  expect(result.current).toBe(Date.parse('2026-11-20T18:30:00Z'));
});
