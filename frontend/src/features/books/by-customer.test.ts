import type { OpenInvoice } from '@/types';
import { byCustomer } from './by-customer';

const invoice = (customerId: string | null, number: number, balanceCents: number): OpenInvoice => ({
  appointmentId: String(number),
  appointmentNumber: number,
  locationId: 'l',
  number,
  issuedOn: '2026-11-01',
  customerId,
  customerName: customerId,
  vehicle: null,
  totalCents: balanceCents,
  paidCents: 0,
  balanceCents,
  ageDays: 1,
  bucket: 0,
});

describe('open invoices', () => {
  it('are summed by customer, the greatest debt first', () => {
    const debts = byCustomer([invoice('a', 1, 100), invoice(null, 2, 50), invoice('b', 3, 120), invoice('a', 4, 30)]);
    expect(debts.map(({ customerId, balanceCents, invoices }) => [customerId, balanceCents, invoices.map((one) => one.number)])).toEqual([
      ['a', 130, [1, 4]],
      ['b', 120, [3]],
      [null, 50, [2]],
    ]);
  });
});
