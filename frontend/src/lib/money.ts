import { LOCALE } from '@/i18n/locale';

const formats = new Map<string, Intl.NumberFormat>();
function format(currency: string, whole: boolean): Intl.NumberFormat {
  const key = `${currency} ${whole}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.NumberFormat(LOCALE, {
      style: 'currency',
      currency,
      ...(whole ? { maximumFractionDigits: 0 } : {}),
    });
    formats.set(key, found);
  }
  return found;
}

/** A number's text with a minus sign in the place of a hyphen. */
export const withMinus = (text: string): string => text.replace('-', '\u2212');

/** Integer cents as text, `$1,234.50`, `−$3.20`; `whole` rounds to the unit for sums in headers. */
export function moneyText(cents: number, currency = 'USD', whole = false): string {
  return withMinus(format(currency, whole).format(cents / 100));
}
