import { presetOf, rangeOf, readRange } from './range';

describe('ranges of the books', () => {
  it('are months, quarters and years up to today', () => {
    expect(rangeOf('month', '2026-11-30')).toEqual({ from: '2026-11-01', to: '2026-11-30' });
    expect(rangeOf('lastMonth', '2026-03-15')).toEqual({ from: '2026-02-01', to: '2026-02-28' });
    expect(rangeOf('lastMonth', '2026-01-01')).toEqual({ from: '2025-12-01', to: '2025-12-31' });
    expect(rangeOf('quarter', '2026-11-30')).toEqual({ from: '2026-10-01', to: '2026-11-30' });
    expect(rangeOf('year', '2026-11-30')).toEqual({ from: '2026-01-01', to: '2026-11-30' });
  });
  it('are recognised', () => {
    expect(presetOf({ from: '2026-11-01', to: '2026-11-30' }, '2026-11-30')).toBe('month');
    expect(presetOf({ from: '2026-11-02', to: '2026-11-30' }, '2026-11-30')).toBeNull();
  });
  it('come from the address if they are good', () => {
    const read = (text: string) => readRange(new URLSearchParams(text), '2026-11-30');
    expect(read('from=2026-05-01&to=2026-05-31')).toEqual({ from: '2026-05-01', to: '2026-05-31' });
    expect(read('from=2026-05-31&to=2026-05-01').from).toBe('2026-11-01');
    expect(read('from=x&to=y').from).toBe('2026-11-01');
  });
});
