import { parseCents } from '@/lib/amounts';
import type { DayMethod } from '@/types';
import { COUNTED, readCount, slipCents, together, typedCents } from './count';

const figures = (method: DayMethod['method'], expectedCents: number): DayMethod => ({
  method,
  receivedCents: Math.max(0, expectedCents),
  returnedCents: Math.max(0, -expectedCents),
  expectedCents,
  countedCents: null,
  differenceCents: null,
});

const countedCents = (typed: string) => parseCents(typed, COUNTED);

describe('a count', () => {
  it('reads amounts as people type them, also below zero', () => {
    expect(['120', '1,284.50', ' $12 ', '-5', '\u22125.5', '0', '-0'].map(countedCents)).toEqual([12000, 128450, 1200, -500, -550, 0, 0]);
    expect(['', 'x', '1e3', '1.234', '--1', '١٢'].map(countedCents)).toEqual([null, null, null, null, null, null]);
  });
  it('writes them back', () => {
    expect([0, 5, -1250, 128450].map(typedCents)).toEqual(['0.00', '0.05', '-12.50', '1284.50']);
  });
  it('needs every method that has entries, and says what is off', () => {
    const methods = [figures('cash', 10000), figures('card', 5000), figures('check', 0)];
    expect(readCount(methods, { cash: '100' })).toEqual({ amounts: { cash: 10000 }, faults: { card: 'need' }, isOff: false });
    expect(readCount(methods, { cash: '120', card: 'much' })).toEqual({ amounts: { cash: 12000 }, faults: { card: 'bad' }, isOff: true });
    expect(readCount(methods, { cash: '100', card: '50', check: '3' }).isOff).toBe(true);
  });
  it('takes cash and checks to the bank', () => {
    const methods = [figures('cash', 10000), figures('card', 5000), figures('check', 700)];
    expect(slipCents(methods, {})).toBe(10700);
    expect(slipCents(methods, { cash: 12000, check: 0 })).toBe(12000);
    expect(slipCents([figures('cash', -300)], {})).toBe(0);
  });
  it('adds earlier days', () => {
    expect(together([figures('cash', 100)], [figures('cash', 50)])[0]?.expectedCents).toBe(150);
  });
});
