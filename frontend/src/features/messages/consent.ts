import type { BadgeTone } from '@/components/ui/Badge';
import '@/i18n/late/consent';
import { t, wordFor } from '@/i18n/t';
import { formatDate, localDate } from '@/lib/time';
import type { NumberConsent } from '@/types';

const TONES: Record<string, BadgeTone> = {
  unknown: 'warning',
  revoked: 'danger',
  provider_blocked: 'danger',
  express: 'success',
  express_written: 'success',
  conversational: 'neutral',
};

/** A state of consent in words, and how pressing it is. */
export function consentState(state: string): { words: string; tone: BadgeTone } {
  return { words: wordFor(`consent.state.${state}`) ?? state, tone: TONES[state] ?? 'neutral' };
}

/** Whether the number's owner, or the phone company, has ended texts. */
export function isEnded(consent: NumberConsent): boolean {
  return consent.informational === 'revoked' || consent.informational === 'provider_blocked';
}

/** How and since when the present state holds: `at the counter, May 3, 2026`; empty when nothing was said yet. */
export function sinceWords({ since, method }: Pick<NumberConsent, 'since' | 'method'>, zone: string): string {
  if (!since) return '';
  const day = formatDate(localDate(since, zone));
  const how = wordFor(`opted.${method ?? ''}`);
  return how ? t('consent.how', { how, day }) : t('consent.since', { day });
}
