import { describe, expect, it } from 'vitest';
import { centsFault, exactFault } from './amount-words';
import { centsField, HOURS, MOST_CENTS, parseCents, parseExact, percentText, QUANTITY, shiftPoint } from './amounts';

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
    ['12 50', null],
    ['1 284.50', null],
    ['9999999999', null],
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
    expect(parseExact(typed, HOURS)).toBe(hours);
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
  it.each([
    ['', 'Enter an amount, such as 12.50.'],
    ['1e2', 'Write it in digits, such as 120 or 1,250.50.'],
    ['NaN', 'Write it in digits, such as 120 or 1,250.50.'],
    ['١٢', 'Write it in digits, such as 120 or 1,250.50.'],
    ['12.345', 'Cents have two digits, such as 12.50.'],
    ['-5', 'An amount can’t be below zero.'],
    ['99999999999', 'Too much: at most $1,000,000.00.'],
    ['1000000.01', 'Too much: at most $1,000,000.00.'],
    ['1000000', undefined],
    ['0', undefined],
    ['-0', undefined],
  ])('says of %s: %s', (typed, words) => {
    expect(centsFault(typed)).toBe(words);
  });
  it('says where nothing is too little, and where less than nothing is right', () => {
    expect([centsFault('0', { least: 1 }), centsFault('-1', { least: 1 })]).toEqual(['Enter an amount above zero.', 'Enter an amount above zero.']);
    expect([parseCents('-5', { least: -MOST_CENTS }), parseCents('-0', { least: -MOST_CENTS })]).toEqual([-500, 0]);
    expect(centsFault('25', { least: 1, most: 20_00 })).toBe('Too much: at most $20.00.');
  });
  it.each([
    ['', 'Enter a number, such as 1.5.'],
    ['1e2', 'Write it in digits, such as 2 or 1.5.'],
    ['1.2345', 'At most 3 digits after the point.'],
    ['0.000', 'Enter a number above zero.'],
    ['-2', 'Enter a number above zero.'],
    ['100000', 'Too much: at most 99,999.'],
    ['99999.001', 'Too much: at most 99,999.'],
    ['0.001', undefined],
  ])('says of the quantity %s: %s', (typed, words) => {
    expect(exactFault(typed, QUANTITY)).toBe(words);
  });
  it('lets hours be none, and not less', () => {
    expect([exactFault('0', HOURS), exactFault('-1', HOURS), exactFault('1000', HOURS)]).toEqual([undefined, 'It can’t be below zero.', 'Too much: at most 999.']);
  });
});
