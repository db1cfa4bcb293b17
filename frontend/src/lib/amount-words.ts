import '@/i18n/late/amounts';
import { t } from '@/i18n/t';
import type { CentsLimits, ExactLimits } from './amounts';
import { MOST_CENTS, readCents, readExact } from './amounts';
import { moneyText } from './money';

/** What is wrong with an amount as it was typed; undefined where it can be taken. */
export function centsFault(typed: string, limits: CentsLimits = {}, currency?: string): string | undefined {
  const read = readCents(typed, limits);
  return typeof read === 'number' ? undefined : t(`amount.${read}`, { most: moneyText(limits.most ?? MOST_CENTS, currency) });
}

/** What is wrong with hours, a quantity or a rate as they were typed; undefined where they can be taken. */
export function exactFault(typed: string, limits: ExactLimits): string | undefined {
  const read = readExact(typed, limits);
  return typeof read === 'object' ? undefined : t(`number.${read}`, { most: limits.most, count: limits.places });
}
