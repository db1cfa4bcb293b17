import { useEffect } from 'react';
import { idleSeconds, isPinSession, isSharedTablet } from './session';
import { keeper } from './work';

const SIGNS = ['pointerdown', 'keydown', 'scroll'] as const;

/**
 * Locks the shop's tablet when it has lain about for as long as the shop allows. Without the network nobody could come in
 * again, so it waits for it.
 */
export function useIdleLock(isReachable: boolean): void {
  useEffect(() => {
    if (!isReachable || !isSharedTablet()) return undefined;
    let timer: number;
    const wind = (): void => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => void keeper.leave(isPinSession() ? '/api/tablet/lock' : '/api/auth/logout'), idleSeconds() * 1_000);
    };
    wind();
    for (const sign of SIGNS) window.addEventListener(sign, wind, { passive: true, capture: true });
    return () => {
      window.clearTimeout(timer);
      for (const sign of SIGNS) window.removeEventListener(sign, wind, { capture: true });
    };
  }, [isReachable]);
}
