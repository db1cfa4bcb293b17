import type { VinReport } from '@/types';
import { decodedWords, tidyVin, vinVerdict } from './vin';

const RIGHT = '1HGCM82633A004352';
const report = (change: Partial<VinReport> = {}): VinReport => ({
  vin: RIGHT,
  isValid: true,
  checkDigit: '3',
  expectedCheckDigit: '3',
  year: 2003,
  make: 'Honda',
  manufacturer: 'Honda',
  region: 'North America',
  country: 'United States',
  errors: [],
  ...change,
});

describe('the verdict on a VIN', () => {
  it('says nothing about nothing', () => {
    expect(vinVerdict('', null)).toBeNull();
  });

  it('counts while it is too short', () => {
    expect(vinVerdict('1HGCM', null)).toEqual({ tone: 'hint', words: '5 of 17 characters' });
  });

  it('names letters that no VIN has, at once', () => {
    expect(vinVerdict('1HGIO', null)).toMatchObject({ tone: 'bad', words: expect.stringContaining('never contains I, O') as string });
    expect(vinVerdict('1H*', null)?.words).toContain('*');
  });

  it('says how long it is when it is too long', () => {
    expect(vinVerdict(`${RIGHT}9`, null)).toEqual({ tone: 'bad', words: 'A VIN has 17 characters; this has 18.' });
  });

  it('waits for the answer about exactly this VIN', () => {
    expect(vinVerdict(RIGHT, null)?.words).toBe('Checking…');
    expect(vinVerdict(RIGHT, report({ vin: '1HGCM82633A004353' }))?.words).toBe('Checking…');
  });

  it('says which check digit stands there and which belongs there', () => {
    const verdict = vinVerdict(RIGHT, report({ isValid: false, checkDigit: '3', expectedCheckDigit: '5' }));
    expect(verdict).toMatchObject({ tone: 'bad', words: expect.stringContaining('Check digit is 3, expected 5.') as string });
  });

  it('only warns where cars need no check digit', () => {
    const verdict = vinVerdict(RIGHT, report({ isValid: false, expectedCheckDigit: '5', region: 'Europe' }));
    expect(verdict?.tone).toBe('hint');
    expect(verdict?.words).toContain('save it as it is');
  });

  it('lets one save when the check could not be made', () => {
    expect(vinVerdict(RIGHT, null, true)).toMatchObject({ tone: 'hint' });
  });

  it('tells year, make and country as far as they are known', () => {
    expect(decodedWords(report())).toBe('2003 Honda, built in United States');
    expect(decodedWords(report({ country: null, year: null }))).toBe('Honda');
    expect(decodedWords(report({ year: null, make: null, manufacturer: null }))).toBe('Built in United States');
    expect(decodedWords(report({ year: null, make: null, manufacturer: null, country: null }))).toBe('');
  });

  it('drops the spaces and dashes that people put in', () => {
    expect(tidyVin(' 1hg-cm826 33a‑004352 ')).toBe(RIGHT);
  });
});
