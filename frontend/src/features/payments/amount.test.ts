import { expect, test } from 'vitest';
import { parseCents, typedCents } from './amount';

test('amounts are read as people type them, and nothing else is guessed', () => {
  expect(['120', '120.5', '120.50', '1,284.50', '$12', ' 7 ', '0.05'].map(parseCents)).toEqual([12000, 12050, 12050, 128450, 1200, 700, 5]);
  expect(['', '.', '1.234', '1e3', '-5', '12,34', '١٢', '12.', 'NaN', '9999999999'].map(parseCents)).toEqual(Array(10).fill(null));
});

test('what is prefilled is read as the same amount', () => {
  for (const cents of [5, 50, 100, 12345]) expect(parseCents(typedCents(cents))).toBe(cents);
});
