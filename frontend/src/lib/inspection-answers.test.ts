import { contraryTo, mostOf, readingWords, unitWords } from './inspection-answers';

const PADS = { failBelow: '3', attentionBelow: '5', attentionAbove: null, failAbove: null };

it('says a part of an inch as a fraction of it, with its figure and by itself', () => {
  expect([readingWords('4', '/32 in'), readingWords(32, 'psi'), readingWords('4', null)]).toEqual(['4/32 in', '32 psi', '4']);
  expect([unitWords('/32 in'), unitWords('mm')]).toEqual(['1/32 in', 'mm']);
});

it('knows what no reading with these limits can be', () => {
  expect(mostOf(PADS)).toBe(500);
  expect(mostOf({ ...PADS, failAbove: '15' })).toBe(1500);
  expect([mostOf(null), mostOf({ failBelow: '0' })]).toEqual([null, null]);
});

it('knows an answer that says otherwise than the reading', () => {
  expect(contraryTo(PADS, '2.5', 'pass')).toBe('fail');
  expect(contraryTo(PADS, '2.5', 'fail')).toBeNull();
  expect([contraryTo(PADS, null, 'pass'), contraryTo(PADS, '2.5', null), contraryTo(PADS, '2.5', 'na'), contraryTo(null, '2.5', 'pass')]).toEqual([null, null, null, null]);
});
