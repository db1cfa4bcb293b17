import type { BadgeTone } from '@/components/ui/Badge';
import '@/i18n/late/consent';
import { t, wordFor } from '@/i18n/t';
import { howWords } from '@/lib/consent-words';
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

/** A state of consent to advertising: only a signature agrees to that, whatever else was said about texts. */
export function advertisingState(state: string): { words: string; tone: BadgeTone } {
  if (state === 'express_written' || state === 'revoked' || state === 'provider_blocked') return consentState(state);
  return { words: t('consent.marketing.none'), tone: 'neutral' };
}

/** Whether the number's owner, or the phone company, has ended texts. */
export function isEnded(consent: NumberConsent): boolean {
  return consent.informational === 'revoked' || consent.informational === 'provider_blocked';
}

/** How and since when the present state holds: `at the counter, May 3, 2026`; empty when nothing was said yet. */
export function sinceWords({ since, method, wording }: Pick<NumberConsent, 'since' | 'method' | 'wording'>, zone: string): string {
  if (!since) return '';
  const day = formatDate(localDate(since, zone));
  const how = howWords({ method, wording });
  return how ? t('consent.how', { how, day }) : t('consent.since', { day });
}
