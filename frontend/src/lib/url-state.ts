import { useCallback } from 'react';
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
  const set = useCallback(
    (changes: ParamChanges, options: { push?: boolean } = {}) => {
      setParams(
        (previous) => {
          const next = new URLSearchParams(previous);
          for (const [name, value] of Object.entries(changes)) {
            if (value === null || value === '') next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace: !options.push },
      );
    },
    [setParams],
  );
  return { params, set };
}
