/** Amounts as people type them: money in cents, rates and hours as exact text. Nothing here is a float. */

/** The server's own limit of any amount. */
export const MOST_CENTS = 1_000_000_00;

/** Why what was typed can't be taken. */
export type AmountFault = 'need' | 'digits' | 'places' | 'negative' | 'zero' | 'most';

/** In cents, both ends included: nothing to a million without them. */
export interface CentsLimits {
  least?: number;
  most?: number;
}

/** `1,234.5` or `$1,234.50` as cents, or why it is no amount within the limits. */
export function readCents(typed: string, { least = 0, most = MOST_CENTS }: CentsLimits = {}): number | AmountFault {
  const text = typed.trim();
  if (text === '') return 'need';
  const [, sign, whole = '', part = ''] = /^([-\u2212])?\$?\s*(\d+|\d{1,3}(?:,\d{3})+)?(?:\.(\d*))?$/.exec(text) ?? [];
  if (whole === '' && part === '') return 'digits';
  if (part.length > 2) return 'places';
  const amount = Number(whole.replaceAll(',', '')) * 100 + Number(part.padEnd(2, '0'));
  const cents = sign && amount !== 0 ? -amount : amount;
  if (cents > most) return 'most';
  if (cents >= least) return cents;
  return least > 0 ? 'zero' : least === 0 ? 'negative' : 'most';
}

/** What was typed as cents; null for what can't be taken. */
export function parseCents(typed: string, limits?: CentsLimits): number | null {
  const read = readCents(typed, limits);
  return typeof read === 'number' ? read : null;
}

/** Cents as they stand in a field, `1234.50`. */
export function centsField(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

/** What a number that is not money may be: its decimal places, the most it may be, and whether nothing is too little. */
export interface ExactLimits {
  places: number;
  most: number;
  isPositive?: boolean;
}
export const HOURS: ExactLimits = { places: 2, most: 999 };
export const QUANTITY: ExactLimits = { places: 3, most: 99_999, isPositive: true };
export const PERCENT: ExactLimits = { places: 2, most: 100 };

/** A number as the server takes it, in `text`, or why it is none within the limits. */
export function readExact(typed: string, { places, most, isPositive = false }: ExactLimits): { text: string } | AmountFault {
  const text = typed.trim();
  if (text === '') return 'need';
  const [, sign, whole = '', part = ''] = /^([-\u2212])?(\d+)?(?:\.(\d*))?$/.exec(text) ?? [];
  if (whole === '' && part === '') return 'digits';
  if (part.length > places) return 'places';
  const isNothing = /^0*$/.test(whole + part);
  if (isPositive && (sign || isNothing)) return 'zero';
  if (sign && !isNothing) return 'negative';
  const head = whole.replace(/^0+(?=\d)/, '') || '0';
  if (Number(head) > most || (Number(head) === most && /[1-9]/.test(part))) return 'most';
  return { text: part ? `${head}.${part}` : head };
}

/** What was typed as an exact number; null for what can't be taken. */
export function parseExact(typed: string, limits: ExactLimits): string | null {
  const read = readExact(typed, limits);
  return typeof read === 'object' ? read.text : null;
}

/** Moves the decimal point of a number in text: `8.875` percent is `887.5` hundredths of a percent, and back by -2. */
export function shiftPoint(text: string, by: number): string {
  const [whole = '0', rest = ''] = text.split('.');
  const digits = by >= 0 ? whole + rest.padEnd(by, '0') : whole.padStart(1 - by, '0') + rest;
  const at = (by >= 0 ? whole.length : Math.max(whole.length, 1 - by)) + by;
  const head = digits.slice(0, at).replace(/^0+(?=\d)/, '') || '0';
  const tail = digits.slice(at).replace(/0+$/, '');
  return tail ? `${head}.${tail}` : head;
}

/** Hundredths of a percent as words, `8.875 %` without the sign. */
export function percentText(basisPoints: number | string): string {
  return shiftPoint(String(basisPoints), -2);
}
