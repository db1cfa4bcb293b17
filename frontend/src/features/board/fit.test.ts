import { fitMarks } from './fit';

const sizes = (...words: number[]) => ({ words, sign: 24, gap: 4, more: 16 });

describe('the marks of a card', () => {
  it('stand in words where there is room for all', () => {
    expect(fitMarks(sizes(80, 90, 60), 238)).toEqual(['words', 'words', 'words']);
  });
  it('shrink to their signs, never to a part of a word', () => {
    expect(fitMarks(sizes(80, 90), 173)).toEqual(['words', 'sign']);
    expect(fitMarks(sizes(80, 90), 174)).toEqual(['words', 'words']);
  });
  it('leave room for the number of those that are only counted', () => {
    // 80 + 4 + 24 would fit, but not with the +1 behind it.
    expect(fitMarks(sizes(80, 90, 90), 127)).toEqual(['words', 'counted', 'counted']);
    expect(fitMarks(sizes(80, 90, 90), 136)).toEqual(['words', 'sign', 'sign']);
    expect(fitMarks(sizes(80, 90, 90), 128)).toEqual(['words', 'sign', 'counted']);
  });
  it('are three at most, and count none between two that are drawn', () => {
    expect(fitMarks(sizes(40, 40, 40, 40), 1_000)).toEqual(['words', 'words', 'words', 'counted']);
    expect(fitMarks(sizes(80, 90, 20), 110)).toEqual(['words', 'counted', 'counted']);
  });
  it('keep the first in words whatever the room', () => {
    expect(fitMarks(sizes(80), 10)).toEqual(['words']);
  });
});
