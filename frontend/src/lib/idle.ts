import { useEffect } from 'react';

/** After the page has come to rest; a browser without idle callbacks waits this long. */
const REST = 1_500;

/**
 * Fetches code that a key opens, before the key is pressed: what is typed while it is still on its way would be lost, or
 * taken for shortcuts of the page below.
 */
export function usePrefetch(load: () => Promise<unknown>): void {
  // A failure is met again, and shown, where the code is needed.
  useEffect(() => whenIdle(() => void load().catch(() => undefined)), [load]);
}

/** Does something once the page has nothing better to do, at the latest after `rest` milliseconds. Returns how to take it back. */
export function whenIdle(action: () => void, rest: number = REST): () => void {
  if (typeof window.requestIdleCallback === 'function') {
    const handle = window.requestIdleCallback(action, { timeout: rest });
    return () => window.cancelIdleCallback(handle);
  }
  const timer = window.setTimeout(action, rest);
  return () => window.clearTimeout(timer);
}
