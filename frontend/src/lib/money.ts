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

/** Integer cents as text, `$1,234.50`; `whole` rounds to the unit for sums in headers. */
export function moneyText(cents: number, currency = 'USD', whole = false): string {
  return format(currency, whole).format(cents / 100);
}
