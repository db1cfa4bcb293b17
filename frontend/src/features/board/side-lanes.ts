import type { Status } from '@/types';

/** States off the main path: folded to rails where the window is not wide. */
export const SIDE: readonly Status[] = ['CANCELED', 'NO_SHOW'];
export const WIDE = '(min-width: 1720px)';
