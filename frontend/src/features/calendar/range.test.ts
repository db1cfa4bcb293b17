import { expect, it } from 'vitest';
import { addMonths, asView, datesOf, step, weekStart, weeksOf } from './range';

it('shows whole weeks of a month, four to six', () => {
  expect(datesOf('month', '2026-11-20')).toHaveLength(35);
  expect(datesOf('month', '2026-11-20')[0]).toBe('2026-11-01');
  expect(datesOf('month', '2026-08-01')).toHaveLength(42);
  expect(datesOf('month', '2026-02-10')).toHaveLength(28);
  expect(datesOf('week', '2026-11-20')).toEqual([
    '2026-11-15', '2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20', '2026-11-21',
  ]);
  expect(datesOf('technicians', '2026-11-20')).toEqual(['2026-11-20']);
});

it('steps over both days on which clocks change without skipping or repeating a date', () => {
  let date = '2026-02-25';
  const seen = new Set<string>();
  for (let index = 0; index < 300; index += 1) {
    expect(seen.has(date)).toBe(false);
    seen.add(date);
    date = step('day', date, 1);
  }
  expect(date).toBe('2026-12-22');
  expect(step('day', '2026-03-09', -1)).toBe('2026-03-08');
  expect(step('week', '2026-10-28', 1)).toBe('2026-11-04');
});

it('steps months to the same day, or to the last of a shorter one', () => {
  expect(addMonths('2026-01-31', 1)).toBe('2026-02-28');
  expect(addMonths('2026-03-31', -1)).toBe('2026-02-28');
  expect(addMonths('2026-12-15', 1)).toBe('2027-01-15');
  expect(step('month', '2028-01-30', 1)).toBe('2028-02-29');
});

it('names the weeks of data behind a view', () => {
  expect(weekStart('2026-11-01')).toBe('2026-11-01');
  expect(weekStart('2026-11-07')).toBe('2026-11-01');
  expect(weeksOf(datesOf('month', '2026-11-20'))).toEqual(['2026-11-01', '2026-11-08', '2026-11-15', '2026-11-22', '2026-11-29']);
  expect(weeksOf(datesOf('day', '2026-11-20'))).toEqual(['2026-11-15']);
});

it('takes only views that exist', () => {
  expect(asView('week')).toBe('week');
  expect(asView('year')).toBeNull();
  expect(asView(null)).toBeNull();
});
