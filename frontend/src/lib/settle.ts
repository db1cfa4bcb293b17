import { useCallback, useEffect, useRef } from 'react';

/** After live changes a screen asks once more, when they have rested this long: it costs a 304 if all was right. */
const SETTLE = 2_000;

/** A function that has `ask` called once after changes have rested; while something of ours is on its way it rests again. */
export function useSettle(ask: () => void, isBusy: () => boolean = () => false): () => void {
  const timer = useRef<number | undefined>(undefined);
  const latest = useRef({ ask, isBusy });
  useEffect(() => {
    latest.current = { ask, isBusy };
  });
  useEffect(() => () => window.clearTimeout(timer.current), []);
  return useCallback(() => {
    const rest = (): void => {
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(
        () => (latest.current.isBusy() ? rest() : latest.current.ask()),
        // Not all screens of a shop at the same moment.
        SETTLE * (0.75 + Math.random() / 2),
      );
    };
    rest();
  }, []);
}
