import { hoursText, share } from './hours';

describe('hours of clocks', () => {
  it('are said in hundredths, without zeros for nothing', () => {
    expect([0, 1_800, 4_500, 4_510, 36_000].map(hoursText)).toEqual(['0', '0.5', '1.25', '1.25', '10']);
  });
  it('are compared with what was sold, where something was', () => {
    expect(share(5_400, '1.5')).toBe(100);
    expect(share(7_200, '1')).toBe(200);
    expect(share(7_200, '0')).toBeNull();
  });
});
