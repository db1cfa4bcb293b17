/** What is known of a payment that was begun on this page, across the way to the card's page and back. */

const KEY = 'keytag.paying';
/** After this long without the bank's word the page says so, and lets the customer pay once more. */
export const PATIENCE = 60_000;

interface Begun {
  visit: number;
  paidCents: number;
}

/** Notes what was paid before the customer leaves for the card's page. A browser that keeps nothing only waits longer. */
export function begin(visit: number, paidCents: number): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ visit, paidCents } satisfies Begun));
  } catch {
    // Kept by nobody: see `paidBefore`.
  }
}

/** What was paid when the customer left; null where this browser does not know. */
export function paidBefore(visit: number): number | null {
  try {
    const begun = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Begun | null;
    return begun?.visit === visit ? begun.paidCents : null;
  } catch {
    return null;
  }
}

export type Paying = 'idle' | 'canceled' | 'confirming' | 'late' | 'received';

/**
 * How a payment stands by what the address says (`?paid=`), what was paid before, and what is now: while it is
 * `confirming` nobody is offered to pay the same again.
 */
export function payingOf(came: string | null, before: number | null, money: { paidCents: number; balanceCents: number }, isLate: boolean): Paying {
  if (came !== '0' && came !== '1') return 'idle';
  const hasCome = before === null ? money.balanceCents <= 0 && money.paidCents > 0 : money.paidCents > before;
  if (hasCome) return 'received';
  if (came === '0') return 'canceled';
  return isLate ? 'late' : 'confirming';
}

/** What came since the customer left for the card's page, in cents; null where this browser does not know what was paid before. */
export function receivedOf(before: number | null, money: { paidCents: number }): number | null {
  return before === null ? null : money.paidCents - before;
}
