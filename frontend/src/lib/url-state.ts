import { useCallback, useEffect, useLayoutEffect, useRef } from 'react';
import { useLocation, useSearchParams } from 'react-router';

export type ParamChanges = Record<string, string | null>;
interface SetOptions {
  push?: boolean;
  /** Kept with the new entry of the history; changes that replace the entry leave it there. */
  mark?: unknown;
  isLater?: boolean;
}

/** Milliseconds; longer than a step takes on a slow tablet, or the whole page is drawn in the middle of one. */
const LATER = 300;
/** What is still to be written; one for the page, as the address is. */
let waiting: { owner: object; changes: ParamChanges; address: string; timer: number; write: (changes: ParamChanges) => void } | null = null;

function drop(): void {
  window.clearTimeout(waiting?.timer);
  waiting = null;
}
/** Writes what waits and returns it; nothing when the person has gone elsewhere meanwhile. */
function settle(): ParamChanges {
  const now = waiting;
  drop();
  if (now?.address !== window.location.href) return {};
  now.write(now.changes);
  return now.changes;
}

/**
 * The address as state: what a link should reproduce. Changing a filter replaces the entry in the browser's history;
 * opening something pushes one, so that Back closes it. What is stepped through in quick succession is written `later`, when the
 * steps have rested: a browser slows down pages that write their address often, and each writing draws the whole page.
 */
export function useUrlState(): {
  params: URLSearchParams;
  set: (changes: ParamChanges, options?: SetOptions) => void;
} {
  const [params, setParams] = useSearchParams();
  const mark: unknown = useLocation().state;
  // A message's button may act long after it was made, and two changes may come in one moment: both build on the address
  // as it is then, not on the one that was drawn last.
  const latest = useRef({ params, setParams, mark });
  useLayoutEffect(() => {
    latest.current = { params, setParams, mark };
  }, [params, setParams, mark]);
  const set = useCallback((changes: ParamChanges, options: SetOptions = {}) => {
    const write = (wanted: ParamChanges, isPush = false): void => {
      const next = changed(latest.current.params, wanted);
      latest.current.params = next;
      if (isPush) latest.current.mark = options.mark;
      latest.current.setParams(next, { replace: !isPush, state: latest.current.mark });
    };
    if (options.isLater) {
      const known = waiting?.owner === latest ? waiting.changes : {};
      drop();
      const timer = window.setTimeout(settle, LATER);
      const address = window.location.href;
      waiting = { owner: latest, changes: { ...known, ...changes }, address, timer, write };
      return;
    }
    // What waits belongs to the entry that is left, and to the new one.
    latest.current.params = changed(latest.current.params, settle());
    write(changes, options.push === true);
  }, []);
  useEffect(
    () => () => {
      if (waiting?.owner === latest) drop();
    },
    [],
  );
  return { params, set };
}

function changed(params: URLSearchParams, changes: ParamChanges): URLSearchParams {
  const next = new URLSearchParams(params);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') next.delete(name);
    else next.set(name, value);
  }
  return next;
}
