/** What the wall shows, asked again and again; and how long ago it was last right. */
import { useEffect, useState } from 'react';
import type { Wall } from '@/types';

const EVERY = 2_500;
const LONGEST = 4_000;
/** Said on the whole width before ten seconds are over. */
export const SILENCE = 8_000;

export type Feed =
  | { state: 'loading' }
  | { state: 'unpaired' }
  | {
      state: 'shown';
      wall: Wall;
      /** When the server last confirmed it, by this screen's clock. */
      confirmedAt: number;
      /** How far the server's clock is ahead of this screen's, which may have run flat. */
      ahead: number;
    };

async function ask(): Promise<Feed> {
  const sentAt = Date.now();
  const response = await fetch('/api/wall', { cache: 'no-cache', credentials: 'same-origin', signal: AbortSignal.timeout(LONGEST) });
  if (response.status === 401) return { state: 'unpaired' };
  if (!response.ok) throw new Error(String(response.status));
  const told = Date.parse(response.headers.get('Date') ?? '');
  return { state: 'shown', wall: (await response.json()) as Wall, confirmedAt: Date.now(), ahead: Number.isNaN(told) ? 0 : told - sentAt };
}

/** Follows the shop until the screen is switched off; `again` asks at once. */
export function useWallFeed(): { feed: Feed; again: () => void } {
  const [feed, setFeed] = useState<Feed>({ state: 'loading' });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let isOver = false;
    let timer: number | undefined;
    const next = async (): Promise<void> => {
      try {
        const found = await ask();
        if (!isOver) setFeed(found);
      } catch {
        // What is shown stays, and says how old it is.
      }
      if (!isOver) timer = window.setTimeout(() => void next(), EVERY);
    };
    void next();
    return () => {
      isOver = true;
      window.clearTimeout(timer);
    };
  }, [turn]);
  return { feed, again: () => setTurn((count) => count + 1) };
}

/** This screen's clock, every second. */
export function useSecond(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1_000);
    return () => window.clearInterval(timer);
  }, []);
  return now;
}

/** Keeps the screen from going dark while the page is seen. */
export function useWakeLock(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | null = null;
    const hold = (): void => {
      if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
      void navigator.wakeLock.request('screen').then(
        (held) => {
          lock = held;
        },
        () => {
          // The device saves power, or its owner forbids it.
        },
      );
    };
    hold();
    document.addEventListener('visibilitychange', hold);
    return () => {
      document.removeEventListener('visibilitychange', hold);
      void lock?.release();
    };
  }, []);
}
