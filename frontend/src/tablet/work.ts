import { useSyncExternalStore } from 'react';
import type { Work } from '@/offline/keeper';
import { createKeeper } from '@/offline/keeper';

/** The one keeper of this window. */
export const keeper = createKeeper();

export function useWork(): Work {
  return useSyncExternalStore(keeper.subscribe, keeper.read);
}
