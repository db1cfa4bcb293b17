import '@/i18n/late/numbers';
import { makeFigure } from '@/testing/numbers';
import { changeOf, exactText, figureText } from './figure-words';

describe('figures in words', () => {
  it('are read by their unit', () => {
    expect(figureText(1204, 'count', 'USD')).toBe('1,204');
    expect(figureText(41_280, 'cents', 'USD')).toBe('$412.80');
    expect(figureText(11_840, 'cents_per_hour', 'USD')).toBe('$118.40/h');
    expect(figureText(11_400, 'seconds', 'USD')).toBe('3 h 10 min');
    expect(figureText(42, 'seconds', 'USD')).toBe('42 s');
    expect(figureText(2190, 'minutes', 'USD')).toBe('36.5 h');
    expect(figureText(7143, 'share', 'USD')).toBe('71.4%');
    expect(figureText(null, 'cents', 'USD')).toBe('No data');
  });
  it('are told to the minute where somebody divides them', () => {
    expect(exactText(1_445_460, 'seconds', 'USD')).toBe('16 d 17 h 31 min');
    expect(exactText(11_405, 'seconds', 'USD')).toBe('3 h 10 min 5 s');
    expect(exactText(2190, 'minutes', 'USD')).toBe('36 h 30 min');
    expect(exactText(41_280, 'cents', 'USD')).toBe('$412.80');
  });
  it('are compared with as many days before', () => {
    expect(changeOf(makeFigure('jobsToday', { value: 7, previous: 4 }), 1)).toEqual({ words: '+3 to the day before', direction: 'up' });
    expect(changeOf(makeFigure('revenue', { value: 9_000, previous: 10_000, unit: 'cents' }), 7)).toEqual({
      words: '-10% to the 7 days before',
      direction: 'down',
    });
    expect(changeOf(makeFigure('revenue', { value: 9_000, previous: 0, unit: 'cents' }), 7)).toEqual({ words: 'nothing in the 7 days before', direction: null });
    expect(changeOf(makeFigure('noShow', { value: 2, previous: 2 }), 7)?.direction).toBe('same');
    expect(changeOf(makeFigure('ready', { value: 2 }), 7)).toBeNull();
  });
});
