import { readingWords } from './inspection-answers';

it.each([
  ['4', '/32 in', '4/32 in'],
  [32, 'PSI', '32 PSI'],
  ['2.5', null, '2.5'],
])('says %s with the unit %s as %s', (reading, unit, words) => {
  expect(readingWords(reading, unit)).toBe(words);
});
