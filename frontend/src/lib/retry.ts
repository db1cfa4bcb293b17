import { useEffect, useRef } from 'react';
import { useLiveState } from './events';

const FIRST_WAIT = 500;
const LONGEST_WAIT = 60_000;

/** Repeats an act while it is needed and the server may answer: soon after it is back, then less and less often. */
export function useRetry(isNeeded: boolean, act: () => void): void {
  const { mode, since } = useLiveState();
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  const isReachable = mode !== 'offline';
  useEffect(() => {
    if (!isNeeded || !isReachable) return undefined;
    let wait = FIRST_WAIT;
    let timer = window.setTimeout(function again() {
      latest.current();
      wait = Math.min(wait * 2, LONGEST_WAIT);
      timer = window.setTimeout(again, wait);
    }, wait);
    return () => window.clearTimeout(timer);
  }, [isNeeded, isReachable, since]);
}
