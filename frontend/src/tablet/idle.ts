import { useEffect } from 'react';
import { leave } from './enter';
import { idleSeconds, isSharedTablet } from './session';

const SIGNS = ['pointerdown', 'keydown', 'scroll'] as const;
/** By the clock, in milliseconds: a timer stands still while the tablet sleeps. */
let touchedAt = Date.now();

/**
 * Locks the shop's tablet when nobody has touched it for as long as the shop allows, however it spent that time. Without the
 * network nobody could come in again, so it waits for it.
 */
export function useIdleLock(isReachable: boolean): void {
  useEffect(() => {
    let timer: number | undefined;
    /** Milliseconds until it is to lock; none where it does not. */
    const left = (): number => (isReachable && isSharedTablet() ? touchedAt + idleSeconds() * 1_000 - Date.now() : Infinity);
    const look = (): void => {
      window.clearTimeout(timer);
      const wait = left();
      if (wait <= 0) void leave();
      else if (wait < Infinity) timer = window.setTimeout(look, wait);
    };
    const touch = (): void => {
      // Whoever wakes it need not be who put it down.
      if (left() <= 0) look();
      else touchedAt = Date.now();
    };
    look();
    for (const sign of SIGNS) window.addEventListener(sign, touch, { passive: true, capture: true });
    document.addEventListener('visibilitychange', look);
    return () => {
      window.clearTimeout(timer);
      for (const sign of SIGNS) window.removeEventListener(sign, touch, { capture: true });
      document.removeEventListener('visibilitychange', look);
    };
  }, [isReachable]);
}
