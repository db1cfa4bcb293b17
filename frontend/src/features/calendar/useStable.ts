import { useCallback, useEffect, useRef } from 'react';

/** The same function at every drawing, which does what the latest one does. For handlers only: never call it while drawing. */
export function useStable<A extends unknown[], R>(action: (...values: A) => R): (...values: A) => R {
  const latest = useRef(action);
  useEffect(() => {
    latest.current = action;
  });
  return useCallback((...values: A) => latest.current(...values), []);
}
