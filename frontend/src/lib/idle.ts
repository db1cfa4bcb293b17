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

let isAtRest = false;
const waiting = new Set<() => void>();
/** Nobody has a hand on the page so soon, in milliseconds, after its first picture. */
const FIRST_PICTURE = 200;

/**
 * Does what the first picture can do without, like making each card something to drag, once that picture stands; at once from
 * then on. Returns how to take it back; `work` returns what undoes it.
 */
export function afterFirstPicture(work: () => () => void): () => void {
  if (isAtRest) return work();
  let undo: (() => void) | undefined;
  const run = (): void => {
    undo = work();
  };
  waiting.add(run);
  if (waiting.size === 1) whenIdle(begin, FIRST_PICTURE);
  return () => {
    waiting.delete(run);
    undo?.();
  };
}

function begin(): void {
  isAtRest = true;
  for (const run of waiting) run();
  waiting.clear();
}
