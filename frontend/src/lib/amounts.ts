/** Amounts as people type them: money in cents, rates and hours as exact text. Nothing here is a float. */

/** `1,234.5` or `$1,234.50` as cents; null for what is no amount. */
export function parseCents(typed: string): number | null {
  const match = /^\$?\s*(\d{1,9}|\d{1,3}(?:,\d{3})+)?(?:\.(\d{0,2}))?$/.exec(typed.trim());
  if (!match || (!match[1] && !match[2])) return null;
  return Number((match[1] ?? '0').replaceAll(',', '')) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
}

/** Cents as they stand in a field, `1234.50`. */
export function centsField(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

/** A number with at most `places` decimal places as the server takes it; null for what is none. */
export function parseExact(typed: string, places: number): string | null {
  const text = typed.trim().replace(/^\./, '0.').replace(/\.$/, '');
  return new RegExp(`^\\d{1,6}(\\.\\d{1,${places}})?$`).test(text) ? text : null;
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
