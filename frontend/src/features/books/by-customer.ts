import type { OpenInvoice } from '@/types';

export interface CustomerDebt {
  /** Null for cars whose owner is not on file. */
  customerId: string | null;
  name: string | null;
  balanceCents: number;
  invoices: OpenInvoice[];
}

/** Open invoices by who owes them, who owes most first; each one's in their order. */
export function byCustomer(invoices: readonly OpenInvoice[]): CustomerDebt[] {
  const found = new Map<string, CustomerDebt>();
  for (const invoice of invoices) {
    const key = invoice.customerId ?? '';
    const debt = found.get(key) ?? { customerId: invoice.customerId, name: invoice.customerName, balanceCents: 0, invoices: [] };
    debt.balanceCents += invoice.balanceCents;
    debt.invoices.push(invoice);
    found.set(key, debt);
  }
  return [...found.values()].sort((one, other) => other.balanceCents - one.balanceCents);
}
