import { useRef } from 'react';

/** A glove touches twice: what is touched while the first is being written, or so soon after it, in milliseconds, is the same touch. */
const SAME_TOUCH = 700;

/** Lets an act, known by its name, through once at a time; where it came to nothing, trying again is no second touch. */
export function useOnce(): (name: string, work: () => Promise<boolean | void>) => void {
  const until = useRef(new Map<string, number>());
  return (name, work) => {
    const names = until.current;
    if (performance.now() < (names.get(name) ?? 0)) return;
    names.set(name, Infinity);
    void work().then(
      (isDone) => names.set(name, isDone === false ? 0 : performance.now() + SAME_TOUCH),
      () => names.delete(name),
    );
  };
}
