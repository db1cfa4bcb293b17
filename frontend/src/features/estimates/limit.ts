import type { Estimates } from '@/types';

/**
 * True while more stands approved than the customer's limit, and they have approved nothing since they set it:
 * who approves after that was asked, so the limit is passed with their word.
 */
export function isAboveLimit({ spendingCapCents: limit, authorizedCents, records }: Pick<Estimates, 'spendingCapCents' | 'authorizedCents' | 'records'>): boolean {
  if (limit === null || authorizedCents <= limit) return false;
  const since = records.findLastIndex((record) => record.spendingCapCents !== null);
  return !records.slice(since + 1).some((record) => record.decision === 'approved');
}
