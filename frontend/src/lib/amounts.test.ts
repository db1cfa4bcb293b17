import { describe, expect, it } from 'vitest';
import { centsField, parseCents, parseExact, percentText, shiftPoint } from './amounts';

describe('amounts', () => {
  it.each([
    ['12', 1200],
    ['12.5', 1250],
    ['$1,234.50', 123450],
    ['.99', 99],
    ['0', 0],
    ['12.', 1200],
    ['12.345', null],
    ['-1', null],
    ['1e3', null],
    ['١٢', null],
    ['1,23', null],
    ['', null],
    ['.', null],
    ['abc', null],
  ])('reads %s as %s cents', (typed, cents) => {
    expect(parseCents(typed)).toBe(cents);
  });
  it.each([0, 5, 99, 100, 123450])('writes %s so that it reads the same', (cents) => {
    expect(parseCents(centsField(cents))).toBe(cents);
  });
  it.each([
    ['1.5', '1.5'],
    ['.5', '0.5'],
    ['2.', '2'],
    ['1.555', null],
    ['-1', null],
    ['1e2', null],
  ])('reads %s hours as %s', (typed, hours) => {
    expect(parseExact(typed, 2)).toBe(hours);
  });
  it.each([
    ['8.875', 2, '887.5'],
    ['887.5', -2, '8.875'],
    ['0', 2, '0'],
    ['5', -2, '0.05'],
    ['50', -2, '0.5'],
    ['10000', -2, '100'],
    ['0.05', 2, '5'],
    ['12', 2, '1200'],
  ])('moves the point of %s by %s: %s', (text, by, moved) => {
    expect(shiftPoint(text, by)).toBe(moved);
  });
  it('says a rate in percent', () => {
    expect(percentText(5000)).toBe('50');
  });
});
