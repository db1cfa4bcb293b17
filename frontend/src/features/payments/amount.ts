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

/** What somebody typed as an amount, in cents: `120`, `120.5`, `1,284.50`, `$12`; null for anything else. */
export function parseCents(text: string): number | null {
  const found = /^\$?(\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.(\d{1,2}))?$/.exec(text.replace(/\s/g, ''));
  if (!found) return null;
  return Number(found[1]?.replaceAll(',', '')) * 100 + Number((found[2] ?? '').padEnd(2, '0'));
}

/** Cents as one would type them: `120.00`. */
export function typedCents(cents: number): string {
  return `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}
