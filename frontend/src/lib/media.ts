import { useCallback, useMemo, useSyncExternalStore } from 'react';

/** Whether a media query holds now, followed live. */
export function useMedia(query: string): boolean {
  // Asked anew at each drawing, the browser would read the query again.
  const list = useMemo(() => matchMedia(query), [query]);
  const subscribe = useCallback(
    (listener: () => void) => {
      list.addEventListener('change', listener);
      return () => list.removeEventListener('change', listener);
    },
    [list],
  );
  return useSyncExternalStore(subscribe, () => list.matches);
}

/** Fingers or gloves rather than a mouse. */
export function useCoarsePointer(): boolean {
  return useMedia('(pointer: coarse)');
}
