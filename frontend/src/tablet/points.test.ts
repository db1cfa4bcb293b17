import { makeChecklist, makeItem } from '@/testing/tech-day';
import { answeredOf, doubtOf, missingOf, nextOpen, parseMiles, parseReading, suggested } from './points';

describe('an inspection', () => {
  const photo = { id: 'p', width: 1, height: 1, annotations: null, thumbnailUrl: null, url: null, storedAt: null };
  const checklist = makeChecklist(0, {
    items: [
      makeItem(1, { result: 'pass', needsPhoto: true }),
      makeItem(2),
      makeItem(3, { result: 'fail', needsPhoto: true }),
      makeItem(4, { result: 'fail', needsPhoto: true, photos: [photo] }),
      makeItem(5, { result: 'na' }),
    ],
  });
  it('lacks answers, and photos of what is urgent', () => {
    expect(missingOf(checklist).map(({ index, what }) => [index, what])).toEqual([
      [1, 'answer'],
      [2, 'photo'],
    ]);
    expect(answeredOf(checklist)).toBe(4);
    expect(nextOpen(checklist)).toBe(1);
  });
});

describe('a reading', () => {
  const tread = { failBelow: '2', attentionBelow: '4', attentionAbove: null, failAbove: null };
  it.each([
    [1.9, 'fail'],
    [2, 'attention'],
    [3.99, 'attention'],
    [4, 'pass'],
  ])('of %d says %s', (value, result) => {
    expect(suggested(tread, value)).toBe(result);
  });
  it('is judged from above, too', () => {
    expect(suggested({ attentionAbove: 10, failAbove: '12' }, 11)).toBe('attention');
    expect(suggested({ attentionAbove: 10, failAbove: '12' }, 12.5)).toBe('fail');
  });
  it('without limits is a number that only a person can judge', () => {
    expect(suggested(null, 9.1)).toBeNull();
    expect(suggested({ failBelow: null, attentionBelow: null, attentionAbove: null, failAbove: null }, 9.1)).toBeNull();
  });
  it('is typed with point or comma', () => {
    expect(parseReading(' 4,5 ')).toBe('4.5');
    expect(parseReading('')).toBeNull();
    expect(parseReading('4.')).toBeUndefined();
    expect(parseReading('a')).toBeUndefined();
    // What the shop would refuse.
    expect(parseReading('-3')).toBeUndefined();
    expect(parseReading('12345678')).toBeUndefined();
    expect(parseReading('9999999.25')).toBe('9999999.25');
  });
});

it.each([
  ['41250', 41_250],
  [' 41,250 ', 41_250],
  ['0', 0],
  ['9999999', 9_999_999],
  ['10000000', null],
  ['', null],
  ['-5', null],
  ['41.5', null],
  ['many', null],
  ['1,234,567', 1_234_567],
  ['123 063', 123_063],
  ['123,0000', null],
  ['1230,000', null],
  [',123', null],
  ['12,34', null],
  ['123,', null],
])('reads %j as %j miles', (text, miles) => {
  expect(parseMiles(text)).toBe(miles);
});

it.each([
  [100, null, null],
  [9_999_999, null, null],
  [48_210, 48_210, null],
  [48_209, 48_210, 'lower'],
  [148_210, 48_210, null],
  [148_211, 48_210, 'higher'],
])('doubts %d miles after %s: %s', (miles, last, doubt) => {
  expect(doubtOf(miles, last)).toBe(doubt);
});
