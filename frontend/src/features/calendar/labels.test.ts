import { localDay } from './axis';
import { shortSpan, shortTime, zonesOf } from './labels';

const day = localDay('2026-11-20', 'America/New_York');
const at = (time: string): number => Date.parse(`2026-11-20T${time}:00-05:00`);

it.each([
  ['08:00', '8a'],
  ['10:15', '10:15a'],
  ['12:30', '12:30p'],
  ['00:00', '12a'],
])('says %s as short as %s', (time, words) => {
  expect(shortTime(day, at(time))).toBe(words);
});
it.each([
  ['08:00', '09:30', '8–9:30a'],
  ['11:30', '13:00', '11:30a–1p'],
  ['13:15', '14:00', '1:15–2p'],
])('says the half of the day of %s to %s once where it is the same: %s', (from, to, words) => {
  expect(shortSpan(day, at(from), at(to))).toBe(words);
});
it('leaves out the end that is on another day', () => {
  expect(shortSpan(day, at('16:00') - 86_400_000, at('10:00'))).toBe('…–10a');
  expect(shortSpan(day, at('16:00'), at('10:00') + 86_400_000)).toBe('4p–…');
});
it('tells in full which of two 1:30 is meant', () => {
  const night = localDay('2026-11-01', 'America/New_York');
  expect(shortTime(night, Date.parse('2026-11-01T05:30:00Z'))).toBe('1:30 AM EDT');
  expect(shortTime(night, Date.parse('2026-11-01T06:30:00Z'))).toBe('1:30 AM EST');
});

it.each([
  ['2026-11-01', '2026-11-07', ['EDT', 'EST']],
  ['2026-11-01', '2026-11-01', ['EDT', 'EST']],
  ['2027-03-14', '2027-03-14', ['EST', 'EDT']],
  ['2026-11-02', '2026-11-08', ['EST']],
])('names every zone that the hours from %s to %s are of', (from, to, names) => {
  expect(zonesOf([localDay(from, 'America/New_York'), localDay(to, 'America/New_York')])).toEqual(names);
});
