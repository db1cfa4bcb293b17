import { begin, paidBefore, payingOf, receivedOf } from './paying';

const owed = { paidCents: 20_00, balanceCents: 80_00 };

it('offers nobody to pay again while the bank has not answered', () => {
  expect(payingOf('1', 20_00, owed, false)).toBe('confirming');
  expect(payingOf('1', null, owed, false)).toBe('confirming');
  expect(payingOf('1', 20_00, owed, true)).toBe('late');
});

it('knows that the money came, also where some is left to pay', () => {
  expect(payingOf('1', 20_00, { paidCents: 50_00, balanceCents: 50_00 }, false)).toBe('received');
  expect(payingOf('1', null, { paidCents: 100_00, balanceCents: 0 }, false)).toBe('received');
  expect([receivedOf(20_00, { paidCents: 50_00 }), receivedOf(null, { paidCents: 100_00 })]).toEqual([30_00, null]);
});

it('takes nothing for received that the ledger does not have', () => {
  expect(payingOf('1', 20_00, { paidCents: 20_00, balanceCents: 0 }, false)).toBe('confirming');
  expect(payingOf('1', null, { paidCents: 0, balanceCents: 0 }, false)).toBe('confirming');
});

it('says that nothing was paid, and nothing where nobody came from the card’s page', () => {
  expect(payingOf('0', 20_00, owed, false)).toBe('canceled');
  // Back by the card page's own way out, after it had taken the money.
  expect(payingOf('0', 20_00, { paidCents: 100_00, balanceCents: 0 }, false)).toBe('received');
  expect(payingOf(null, 20_00, owed, false)).toBe('idle');
});

it('remembers what was paid for the visit that it was begun for', () => {
  const kept = new Map<string, string>();
  vi.stubGlobal('sessionStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value) });
  begin(7, 20_00);
  expect([paidBefore(7), paidBefore(8)]).toEqual([20_00, null]);
  kept.set('keytag.paying', 'odd');
  expect(paidBefore(7)).toBeNull();
  vi.unstubAllGlobals();
});

it('lives in a browser that keeps nothing', () => {
  vi.stubGlobal('sessionStorage', undefined);
  begin(7, 20_00);
  expect(paidBefore(7)).toBeNull();
  vi.unstubAllGlobals();
});
