import type { PaymentMethod } from '@/types';

/** The methods in the order of their buttons, each with the letter that picks it while one types the amount. */
export const METHODS: readonly { method: PaymentMethod; letter: string }[] = [
  { method: 'cash', letter: 'c' },
  { method: 'card', letter: 'd' },
  { method: 'check', letter: 'k' },
  { method: 'ach', letter: 'a' },
  { method: 'other', letter: 'o' },
];

/** The server's own limit. */
export const MOST_CENTS = 1_000_000_00;
