import { useEffect } from 'react';

/** After the page has come to rest; a browser without idle callbacks waits this long. */
const REST = 1_500;

/**
 * Fetches code that a key opens, before the key is pressed: what is typed while it is still on its way would be lost, or
 * taken for shortcuts of the page below.
 */
export function usePrefetch(load: () => Promise<unknown>): void {
  useEffect(() => {
    // A failure is met again, and shown, where the code is needed.
    const fetchIt = (): void => void load().catch(() => undefined);
    if (typeof window.requestIdleCallback === 'function') {
      const handle = window.requestIdleCallback(fetchIt, { timeout: REST });
      return () => window.cancelIdleCallback(handle);
    }
    const timer = window.setTimeout(fetchIt, REST);
    return () => window.clearTimeout(timer);
  }, [load]);
}
