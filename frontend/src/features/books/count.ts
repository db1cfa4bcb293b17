import type { CentsLimits } from '@/lib/amounts';
import { MOST_CENTS, parseCents } from '@/lib/amounts';
import type { DayMethod } from '@/types';

export type Method = DayMethod['method'];
/** What was typed, by method. */
export type Typed = Partial<Record<Method, string>>;

/** A count may be below zero: more went back than came. */
export const COUNTED: CentsLimits = { least: -MOST_CENTS };

/** Cents as one would type them, `-12.50`. */
export function typedCents(cents: number): string {
  const amount = Math.abs(cents);
  return `${cents < 0 ? '-' : ''}${Math.trunc(amount / 100)}.${String(amount % 100).padStart(2, '0')}`;
}

/** A method's figures with those of earlier days that are counted along. */
export function together(methods: readonly DayMethod[], earlier: readonly DayMethod[]): DayMethod[] {
  return methods.map((one) => {
    const before = earlier.find((other) => other.method === one.method);
    return {
      ...one,
      receivedCents: one.receivedCents + (before?.receivedCents ?? 0),
      returnedCents: one.returnedCents + (before?.returnedCents ?? 0),
      expectedCents: one.expectedCents + (before?.expectedCents ?? 0),
    };
  });
}

export interface Counted {
  /** In cents, of what was typed and is an amount. */
  amounts: Partial<Record<Method, number>>;
  /** By method: it must be counted, or what was typed is no amount. */
  faults: Partial<Record<Method, 'need' | 'bad'>>;
  /** Whether something is over or short. */
  isOff: boolean;
}

export function readCount(methods: readonly DayMethod[], typed: Typed): Counted {
  const amounts: Counted['amounts'] = {};
  const faults: Counted['faults'] = {};
  for (const { method, expectedCents } of methods) {
    const text = typed[method] ?? '';
    if (text.trim() === '') {
      if (expectedCents !== 0) faults[method] = 'need';
      continue;
    }
    const cents = parseCents(text, COUNTED);
    if (cents === null) faults[method] = 'bad';
    else amounts[method] = cents;
  }
  return { amounts, faults, isOff: methods.some(({ method, expectedCents }) => (amounts[method] ?? expectedCents) !== expectedCents) };
}

/** What goes to the bank: cash and checks, as counted or, where they are not yet, as expected. */
export function slipCents(methods: readonly DayMethod[], amounts: Counted['amounts']): number {
  const bank = methods.filter(({ method }) => method === 'cash' || method === 'check');
  return Math.max(0, bank.reduce((sum, one) => sum + (amounts[one.method] ?? one.expectedCents), 0));
}
