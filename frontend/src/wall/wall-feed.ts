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

/** Answers tell the server's time in whole seconds and come with delay: what differs by less than that is no other clock. */
const JITTER = 2_000;

/** The feed with the clock as before, unless that is set anew: pages would turn back and forth with every answer. */
export function steadied(found: Feed, before: Feed): Feed {
  if (found.state !== 'shown' || before.state !== 'shown' || Math.abs(found.ahead - before.ahead) > JITTER) return found;
  return { ...found, ahead: before.ahead };
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
        if (!isOver) setFeed((before) => steadied(found, before));
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
