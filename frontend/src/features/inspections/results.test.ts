import { describe, expect, it } from 'vitest';
import type { InspectionItem } from '@/types';
import { bySection, following, limitWords, suggested } from './results';

const PADS = { failBelow: '3', attentionBelow: '5', attentionAbove: null, failAbove: null };
const VOLTS = { failBelow: '11.8', attentionBelow: '12.2', attentionAbove: '14.8', failAbove: '15' };
const NONE = { failBelow: null, attentionBelow: null, attentionAbove: null, failAbove: null };

describe('a reading that changes', () => {
  const point = (result: InspectionItem['result'], reading: string | null) => ({ result, reading, limits: PADS });
  it('moves the answer that the one before gave, and the answer of a point that has none', () => {
    expect(following(point(null, null), '4')).toBe('attention');
    expect(following(point('fail', '2'), '4')).toBe('attention');
    expect(following(point('fail', '2'), '9')).toBe('pass');
  });
  it('leaves what a person answered otherwise, and what it says already', () => {
    expect(following(point('fail', '9'), '4')).toBeNull();
    expect(following(point('fail', null), '4')).toBeNull();
    expect(following(point('attention', '4'), '4.5')).toBeNull();
    expect(following(point('fail', '2'), '')).toBeNull();
  });
});

describe('what limits say of a reading', () => {
  it.each([
    ['2.9', PADS, 'fail'],
    ['3', PADS, 'attention'],
    ['5', PADS, 'pass'],
    ['15.1', VOLTS, 'fail'],
    ['14.9', VOLTS, 'attention'],
    ['13', VOLTS, 'pass'],
    ['', PADS, null],
    ['thin', PADS, null],
    ['4', NONE, null],
    ['4', null, null],
  ] as const)('%s', (reading, limits, result) => {
    expect(suggested(reading, limits)).toBe(result);
  });

  it('says them in words', () => {
    expect(limitWords(PADS)).toBe('Attention below 5, urgent below 3');
    expect(limitWords(VOLTS)).toBe('Attention below 12.2, urgent below 11.8, attention above 14.8, urgent above 15');
    expect(limitWords({ ...NONE, failAbove: '4' })).toBe('Urgent above 4');
    expect(limitWords(NONE)).toBeUndefined();
  });
});

it('puts items under their sections in their order', () => {
  const items = ['Brakes', 'Brakes', null, 'Brakes'].map((section, index) => ({ id: String(index), section })) as InspectionItem[];
  expect(bySection(items).map(({ section, items: own }) => [section, own.length])).toEqual([
    ['Brakes', 2],
    [null, 1],
    ['Brakes', 1],
  ]);
});
