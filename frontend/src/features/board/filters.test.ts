import { makeCard } from '@/testing/boards';
import { daysOf, matches, readFilters } from './filters';

const filters = (search: string) => readFilters(new URLSearchParams(search));

describe('the board’s filters in the address', () => {
  it('are today and everyone by default', () => {
    expect(filters('')).toEqual({ day: null, range: 'day', techId: null, text: '' });
  });
  it('ignore a day that is none', () => {
    expect(filters('day=2026-13-40&range=month')).toMatchObject({ day: null, range: 'day' });
  });
  it('leave today to the server and count a week from the location’s day', () => {
    const lateEvening = Date.parse('2026-11-21T03:00:00Z');
    expect(daysOf(filters(''), 'America/New_York', lateEvening)).toEqual({ from: null, to: null });
    expect(daysOf(filters('range=week'), 'America/New_York', lateEvening)).toEqual({ from: '2026-11-20', to: '2026-11-26' });
    expect(daysOf(filters('day=2026-12-30&range=week'), 'America/New_York', lateEvening)).toEqual({
      from: '2026-12-30',
      to: '2027-01-05',
    });
  });
});

describe('searching cards', () => {
  const card = makeCard({ keyTag: '14', customerName: 'José Núñez', techId: 't1', techName: 'Marcus Bell' });
  it.each(['jose', 'nunez corolla', '7abc 123', 'ABC1', '14', '#1042', '1042', '0142', 'oil', 'marcus'])('finds it by %s', (text) => {
    expect(matches(card, { ...filters(''), text })).toBe(true);
  });
  it.each(['maria', 'civic', '99', '014'])('does not find it by %s', (text) => {
    expect(matches(card, { ...filters(''), text })).toBe(false);
  });
  it('narrows by technician, or to jobs nobody has', () => {
    expect(matches(card, filters('tech=t1'))).toBe(true);
    expect(matches(card, filters('tech=t2'))).toBe(false);
    expect(matches(card, filters('tech=none'))).toBe(false);
    expect(matches(makeCard(), filters('tech=none'))).toBe(true);
  });
});
