import { useSyncExternalStore } from 'react';
import { readStored, writeStored } from '@/lib/stored';

/** The hand that holds the tablet has the thumb that answers: the big buttons stand on its side. */
export type Side = 'left' | 'right';
const KEY = 'tablet.side';
const listeners = new Set<() => void>();
const read = (): Side => (readStored(KEY) === 'left' ? 'left' : 'right');

export function setSide(side: Side): void {
  writeStored(KEY, side);
  for (const listener of listeners) listener();
}
export function useSide(): Side {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, read);
}
