import { rangeFault, rangeLength, readRange } from './range';

const TODAY = '2026-11-20';
const read = (address: string) => readRange(new URLSearchParams(address), TODAY);

describe('the days of the numbers', () => {
  it('are today’s unless the address says otherwise', () => {
    expect(read('')).toEqual({ preset: 'today', from: TODAY, to: TODAY });
    expect(read('days=yesterday')).toEqual({ preset: 'yesterday', from: '2026-11-19', to: '2026-11-19' });
    expect(read('days=month')).toEqual({ preset: 'month', from: '2026-10-22', to: TODAY });
    expect(rangeLength(read('days=week'))).toBe(7);
  });
  it('are those that somebody chose', () => {
    expect(read('from=2026-09-01&to=2026-09-30')).toEqual({ preset: 'custom', from: '2026-09-01', to: '2026-09-30' });
  });
  it('are today’s where the address is no range', () => {
    for (const address of ['from=2026-09-30&to=2026-09-01', 'from=2026-09-01', 'from=soon&to=later', 'days=ever', 'days=custom']) {
      expect(read(address)).toEqual({ preset: 'today', from: TODAY, to: TODAY });
    }
  });
  it('are at most a year', () => {
    expect(rangeFault('2026-01-01', '2026-12-31')).toBeNull();
    expect(rangeFault('2025-01-01', '2026-12-31')).toBe('numbers.longRange');
    expect(rangeFault('2026-01-02', '2026-01-01')).toBe('numbers.badRange');
  });
});
