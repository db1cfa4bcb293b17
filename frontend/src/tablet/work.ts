import { useSyncExternalStore } from 'react';
import { createKeeper } from '@/offline/keeper';
import type { Work } from '@/offline/work';

/** The one keeper of this window. */
export const keeper = createKeeper();

export function useWork(): Work {
  return useSyncExternalStore(keeper.subscribe, keeper.read);
}
