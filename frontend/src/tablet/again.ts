import { mends } from '@/offline/order';
import type { Operation } from '@/offline/types';

/** The refused submissions that are over because their inspections were gone on with, between two pictures of what waits. */
export function toSubmitAgain(before: readonly Operation[], after: readonly Operation[]): Operation[] {
  const known = new Set(before.map((one) => one.id));
  const left = new Set(after.map((one) => one.id));
  const made = after.filter((one) => !known.has(one.id));
  return before.filter((one) => !left.has(one.id) && made.some((other) => other.userId === one.userId && mends(other, one)));
}
