import { moneyText } from '@/lib/money';

/** Integer cents as money. Nothing is drawn when the person may not see money, because then the server sends none. */
export function Money({ cents, currency = 'USD', whole = false }: { cents: number | undefined; currency?: string; whole?: boolean }) {
  if (cents === undefined) return null;
  return <span className="tabular">{moneyText(cents, currency, whole)}</span>;
}
