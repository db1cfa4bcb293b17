import '@/i18n/late/numbers';
import { makeFigure } from '@/testing/numbers';
import { changeOf, exactText, figureText, weightText } from './figure-words';

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
    expect([11_400, 6, -6_480, 0].map((one) => exactText(one, 'seconds', 'USD'))).toEqual(['3 h 10 min', '6 s', '\u22121 h 48 min', '0 s']);
  });
  it('have a minus sign below nothing, and hours that are sold are no days', () => {
    expect(figureText(-36_031, 'cents', 'USD')).toBe('\u2212$360.31');
    expect(figureText(-6_480, 'seconds', 'USD')).toBe('\u22121 h 48 min');
    const rate = { ...makeFigure('laborRate').formula, unit: 'cents_per_hour', rowUnit: 'cents', weightUnit: 'seconds' } as const;
    expect([1_080_720, -6_480].map((one) => weightText(one, rate, 'USD'))).toEqual(['300 h 12 min', '\u22121 h 48 min']);
    expect(weightText(4, makeFigure('cycleReady', { denominator: 4, unit: 'seconds' }).formula, 'USD')).toBe('4');
  });
  it('are compared with as many days before', () => {
    expect(changeOf(makeFigure('jobsToday', { value: 7, previous: 4 }), 1)).toEqual({ words: '+3 to the day before', direction: 'up' });
    expect(changeOf(makeFigure('revenue', { value: 9_000, previous: 10_000, unit: 'cents' }), 7)).toEqual({
      words: '\u221210% to the 7 days before',
      direction: 'down',
    });
    expect(changeOf(makeFigure('revenue', { value: 9_000, previous: 0, unit: 'cents' }), 7)).toEqual({ words: 'nothing in the 7 days before', direction: null });
    expect(changeOf(makeFigure('laborRate', { value: 14_463, previous: 14_450, unit: 'cents_per_hour' }), 30)).toEqual({
      words: 'about the same as the 30 days before',
      direction: 'same',
    });
    const share = (value: number, previous: number) => changeOf(makeFigure('margin', { value, previous, unit: 'share' }), 7);
    expect(share(4_410, 4_000)).toEqual({ words: '+4 pts to the 7 days before', direction: 'up' });
    expect(share(0, 1_250)).toEqual({ words: '\u221213 pts to the 7 days before', direction: 'down' });
    expect(share(300, 0)?.words).toBe('+3 pts to the 7 days before');
    expect(share(4_030, 4_000)).toEqual({ words: 'about the same as the 7 days before', direction: 'same' });
    expect(share(4_000, 4_000)?.direction).toBe('same');
    expect(changeOf(makeFigure('noShow', { value: 2, previous: 2 }), 7)?.direction).toBe('same');
    expect(changeOf(makeFigure('ready', { value: 2 }), 7)).toBeNull();
  });
});
