/** What can be said of a VIN while it is typed; the check digit and what the VIN means come from the server. */
import { t } from '@/i18n/t';
import type { VinReport } from '@/types';

export const VIN_LENGTH = 17;
/** Where the check digit is the law, and the server refuses a wrong one. */
const NORTH_AMERICA = 'North America';

/** Upper case, without the spaces and dashes that people put in. */
export function tidyVin(text: string): string {
  return text.replace(/[\s‐-―-]+/g, '').toUpperCase();
}

export interface Verdict {
  tone: 'hint' | 'good' | 'bad';
  words: string;
}

/** The verdict on a tidied VIN; null when nothing was typed. */
export function vinVerdict(vin: string, report: VinReport | null, hasFailed = false): Verdict | null {
  if (!vin) return null;
  const strange = [...new Set(vin.replace(/[A-Z0-9]/g, ''))];
  if (strange.length > 0) return { tone: 'bad', words: t('vin.characters', { letters: strange.join(' ') }) };
  const confused = [...new Set(vin.replace(/[^IOQ]/g, ''))].sort();
  if (confused.length > 0) return { tone: 'bad', words: t('vin.letters', { letters: confused.join(', ') }) };
  if (vin.length < VIN_LENGTH) return { tone: 'hint', words: t('vin.short', { count: vin.length }) };
  if (vin.length > VIN_LENGTH) return { tone: 'bad', words: t('vin.long', { count: vin.length }) };
  if (hasFailed) return { tone: 'hint', words: t('vin.unchecked') };
  if (report?.vin !== vin) return { tone: 'hint', words: t('vin.checking') };
  const { checkDigit, expectedCheckDigit, errors } = report;
  if (checkDigit !== null && expectedCheckDigit !== null && checkDigit !== expectedCheckDigit) {
    const words = t('vin.checkDigit', { actual: checkDigit, expected: expectedCheckDigit });
    return report.region === NORTH_AMERICA
      ? { tone: 'bad', words }
      : { tone: 'hint', words: `${words} ${t('vin.checkDigit.foreign')}` };
  }
  if (!report.isValid) return { tone: 'bad', words: errors.join(' ') };
  return { tone: 'good', words: t('vin.checkDigit.ok', { actual: checkDigit ?? '' }) };
}

/** `2019 Toyota, made in United States`, or as much of it as the VIN tells. */
export function decodedWords(report: VinReport): string {
  const what = [report.year, report.make ?? report.manufacturer].filter(Boolean).join(' ');
  if (what && report.country) return t('vin.decoded', { what, country: report.country });
  return what || (report.country ? t('vin.country', { country: report.country }) : '');
}
