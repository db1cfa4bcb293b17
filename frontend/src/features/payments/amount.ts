import type { CentsLimits } from '@/lib/amounts';
import type { PaymentMethod } from '@/types';

/** The methods in the order of their buttons, each with the letter that picks it while one types the amount. */
export const METHODS: readonly { method: PaymentMethod; letter: string }[] = [
  { method: 'cash', letter: 'c' },
  { method: 'card', letter: 'd' },
  { method: 'check', letter: 'k' },
  { method: 'ach', letter: 'a' },
  { method: 'other', letter: 'o' },
];

/** Nothing is no payment. */
export const TAKEN: CentsLimits = { least: 1 };
