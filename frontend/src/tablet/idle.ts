import { useEffect } from 'react';
import { isPinSession } from './session';
import { keeper } from './work';

const LIMIT = 5 * 60_000;
const SIGNS = ['pointerdown', 'keydown', 'scroll'] as const;

/**
 * Locks a tablet that lies about after five minutes, where the person came in by PIN. Without the network nobody could come in
 * again, so it waits for it.
 */
export function useIdleLock(isReachable: boolean): void {
  useEffect(() => {
    if (!isReachable || !isPinSession()) return undefined;
    let timer: number;
    const wind = (): void => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => void keeper.leave('/api/tablet/lock'), LIMIT);
    };
    wind();
    for (const sign of SIGNS) window.addEventListener(sign, wind, { passive: true, capture: true });
    return () => {
      window.clearTimeout(timer);
      for (const sign of SIGNS) window.removeEventListener(sign, wind, { capture: true });
    };
  }, [isReachable]);
}
