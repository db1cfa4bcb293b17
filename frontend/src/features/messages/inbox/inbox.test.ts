import { snoozeChoices } from './snooze';
import { stepFrom } from './useInboxKeys';

const NEW_YORK = 'America/New_York';
const choices = (now: string) => snoozeChoices(NEW_YORK, Date.parse(now)).map(({ id, until }) => [id, until]);

describe('when a snoozed conversation comes back', () => {
  it('is the mornings and afternoons of the location', () => {
    // A Friday, 9:30 AM.
    expect(choices('2026-11-20T14:30:00Z')).toEqual([
      ['hour', '2026-11-20T15:30:00.000Z'],
      ['three', '2026-11-20T17:30:00.000Z'],
      ['evening', '2026-11-20T20:00:00Z'],
      ['tomorrow', '2026-11-21T13:00:00Z'],
      ['monday', '2026-11-23T13:00:00Z'],
      ['week', '2026-11-27T13:00:00Z'],
    ]);
  });
  it('leaves out what is past or said twice', () => {
    // A Sunday afternoon: tomorrow is Monday. A Monday: in a week is Monday.
    expect(choices('2026-11-22T19:00:00Z').map(([id]) => id)).toEqual(['hour', 'three', 'tomorrow', 'week']);
    expect(choices('2026-11-23T19:00:00Z').map(([id]) => id)).toEqual(['hour', 'three', 'tomorrow', 'monday']);
  });
  it('keeps eight in the morning over a change of the clocks', () => {
    // The Saturday before the clocks go back, and the one before they go forward.
    expect(choices('2026-10-31T19:00:00Z').find(([id]) => id === 'tomorrow')).toEqual(['tomorrow', '2026-11-01T13:00:00Z']);
    expect(choices('2027-03-13T19:00:00Z').find(([id]) => id === 'tomorrow')).toEqual(['tomorrow', '2027-03-14T12:00:00Z']);
  });
});

describe('walking through the list', () => {
  it('steps, stops at the ends, and begins at one of them', () => {
    expect(stepFrom(['a', 'b', 'c'], 'a', 1)).toBe('b');
    expect(stepFrom(['a', 'b', 'c'], 'c', 1)).toBeNull();
    expect(stepFrom(['a', 'b', 'c'], 'a', -1)).toBeNull();
    expect(stepFrom(['a', 'b', 'c'], null, 1)).toBe('a');
    expect(stepFrom(['a', 'b', 'c'], 'gone', -1)).toBe('c');
    expect(stepFrom([], null, 1)).toBeNull();
  });
});
