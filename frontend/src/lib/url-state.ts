import { useCallback, useLayoutEffect, useRef } from 'react';
import { useSearchParams } from 'react-router';

export type ParamChanges = Record<string, string | null>;

/**
 * The address as state: what a link should reproduce. Changing a filter replaces the entry in the browser's history;
 * opening something pushes one, so that Back closes it.
 */
export function useUrlState(): {
  params: URLSearchParams;
  set: (changes: ParamChanges, options?: { push?: boolean }) => void;
} {
  const [params, setParams] = useSearchParams();
  // A message's button may act long after it was made, and two changes may come in one moment: both build on the address
  // as it is then, not on the one that was drawn last.
  const latest = useRef({ params, setParams });
  useLayoutEffect(() => {
    latest.current = { params, setParams };
  }, [params, setParams]);
  const set = useCallback((changes: ParamChanges, options: { push?: boolean } = {}) => {
    const next = new URLSearchParams(latest.current.params);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === '') next.delete(name);
      else next.set(name, value);
    }
    latest.current.params = next;
    latest.current.setParams(next, { replace: !options.push });
  }, []);
  return { params, set };
}
