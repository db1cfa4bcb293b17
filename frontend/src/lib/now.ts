import { useSyncExternalStore } from 'react';

/** One clock for the whole page: cards show minutes, so it ticks every 15 seconds and only while someone looks. */
const STEP = 15_000;
let current = Date.now();
let timer: number | undefined;
const listeners = new Set<() => void>();

function tick(): void {
  current = Date.now();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    // Another instant than the one that was just drawn would have everything drawn again.
    if (Math.abs(Date.now() - current) >= STEP) current = Date.now();
    timer = window.setInterval(tick, STEP);
    // A page that was out of sight, or a device that slept, has missed its ticks.
    document.addEventListener('visibilitychange', tick);
    window.addEventListener('pageshow', tick);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      window.clearInterval(timer);
      timer = undefined;
      document.removeEventListener('visibilitychange', tick);
      window.removeEventListener('pageshow', tick);
    }
  };
}

/** The present instant in milliseconds, renewed every 15 seconds. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => current);
}
