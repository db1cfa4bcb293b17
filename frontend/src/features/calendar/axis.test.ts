import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '@/lib/time';
import { axisOf, foldOf, hourRows, hoursOf, instantAt, localDay, missing, positionOf, wallPosition } from './axis';

const NEW_YORK = 'America/New_York';
const at = (text: string): number => Date.parse(text);

describe('localDay', () => {
  it('knows how long days last where clocks change', () => {
    expect(hoursOf(localDay('2026-11-20', NEW_YORK))).toBe(24);
    expect(hoursOf(localDay('2026-03-08', NEW_YORK))).toBe(23);
    expect(hoursOf(localDay('2026-11-01', NEW_YORK))).toBe(25);
    expect(hoursOf(localDay('2026-03-08', 'America/Phoenix'))).toBe(24);
    expect(hoursOf(localDay('2026-10-04', 'Australia/Lord_Howe'))).toBe(23.5);
    expect(hoursOf(localDay('2026-04-05', 'Australia/Lord_Howe'))).toBe(24.5);
  });

  it('finds the change itself', () => {
    expect(localDay('2026-03-08', NEW_YORK).change).toEqual({ at: at('2026-03-08T07:00:00Z'), minute: 120, shift: 60 });
    expect(localDay('2026-11-01', NEW_YORK).change).toEqual({ at: at('2026-11-01T06:00:00Z'), minute: 120, shift: -60 });
  });

  it('begins at one o’clock where the clocks go forward at midnight', () => {
    const day = localDay('2017-10-15', 'America/Sao_Paulo');
    expect(day.firstMinute).toBe(60);
    expect(hoursOf(day)).toBe(23);
    expect(hourRows(axisOf([day]))[0]?.minute).toBe(60);
  });

  it('repeats the last hour where the clocks go back at midnight', () => {
    const day = localDay('2018-02-17', 'America/Sao_Paulo');
    expect(hoursOf(day)).toBe(25);
    expect(foldOf(day)).toEqual({ from: 1380, to: 1440 });
    const rows = hourRows(axisOf([day]));
    expect(rows.slice(-2).map((row) => [row.minute, row.isRepeated])).toEqual([[1380, false], [1380, true]]);
    expect(axisOf([day]).length).toBe(1500);
  });
});

describe('the axis of one day', () => {
  it('has no row for the hour that is skipped', () => {
    const axis = axisOf([localDay('2026-03-08', NEW_YORK)]);
    expect(axis.length).toBe(1380);
    expect(hourRows(axis).map((row) => row.minute / 60).slice(0, 4)).toEqual([0, 1, 3, 4]);
    expect(hourRows(axis)).toHaveLength(23);
    expect(wallPosition(axis, 8 * 60)).toBe(7 * 60);
  });

  it('has two rows for the hour that comes twice', () => {
    const day = localDay('2026-11-01', NEW_YORK);
    const axis = axisOf([day]);
    expect(axis.length).toBe(1500);
    expect(hourRows(axis).slice(0, 5).map((row) => [row.minute / 60, row.isRepeated])).toEqual([
      [0, false],
      [1, false],
      [1, true],
      [2, false],
      [3, false],
    ]);
    expect(positionOf(axis, day, at('2026-11-01T05:30:00Z'))).toBe(90);
    expect(positionOf(axis, day, at('2026-11-01T06:30:00Z'))).toBe(150);
  });

  it('draws real hours: three hours over a change are three rows high', () => {
    for (const [date, start] of [['2026-03-08', '2026-03-08T05:30:00Z'], ['2026-11-01', '2026-11-01T04:30:00Z']] as const) {
      const day = localDay(date, NEW_YORK);
      const axis = axisOf([day]);
      expect(positionOf(axis, day, at(start) + 3 * HOUR) - positionOf(axis, day, at(start))).toBe(180);
    }
  });

  it('has half an hour less or more on Lord Howe Island', () => {
    const spring = axisOf([localDay('2026-10-04', 'Australia/Lord_Howe')]);
    expect(spring.skip).toEqual({ from: 120, to: 150 });
    expect(spring.length).toBe(1410);
    const autumn = axisOf([localDay('2026-04-05', 'Australia/Lord_Howe')]);
    expect(autumn.repeat).toEqual({ from: 90, to: 120 });
    expect(hourRows(autumn).find((row) => row.isRepeated)).toEqual({ position: 120, minute: 90, isRepeated: true, length: 30 });
  });
});

describe('days side by side', () => {
  const week = (from: string): ReturnType<typeof localDay>[] =>
    Array.from({ length: 7 }, (_, index) => localDay(new Date(at(`${from}T00:00:00Z`) + index * 24 * HOUR).toISOString().slice(0, 10), NEW_YORK));

  it('keeps the same wall time at the same height when one day skips an hour', () => {
    const days = week('2026-03-08');
    const axis = axisOf(days);
    expect(axis.length).toBe(1440);
    const nine = days.map((day, index) => positionOf(axis, day, at(index === 0 ? '2026-03-08T13:00:00Z' : `2026-03-${String(8 + index).padStart(2, '0')}T13:00:00Z`)));
    expect(new Set(nine)).toEqual(new Set([540]));
    expect(missing(axis, days[0]!)).toEqual([{ from: 120, to: 180 }]);
    expect(missing(axis, days[1]!)).toEqual([]);
  });

  it('gives the repeated hour a row that the other days lack', () => {
    const days = week('2026-11-01');
    const axis = axisOf(days);
    expect(axis.length).toBe(1500);
    expect(missing(axis, days[0]!)).toEqual([]);
    expect(missing(axis, days[1]!)).toEqual([{ from: 120, to: 180 }]);
    expect(positionOf(axis, days[0]!, at('2026-11-01T14:00:00Z'))).toBe(600);
    expect(positionOf(axis, days[1]!, at('2026-11-02T14:00:00Z'))).toBe(600);
  });
});

describe('instantAt', () => {
  it.each([
    ['2026-11-20', NEW_YORK],
    ['2026-03-08', NEW_YORK],
    ['2026-11-01', NEW_YORK],
    ['2026-10-04', 'Australia/Lord_Howe'],
    ['2026-04-05', 'Australia/Lord_Howe'],
    ['2017-10-15', 'America/Sao_Paulo'],
    ['2018-02-17', 'America/Sao_Paulo'],
    ['2026-07-01', 'Asia/Kathmandu'],
    ['2026-03-29', 'Europe/Berlin'],
    ['2026-10-25', 'Europe/Berlin'],
  ])('is the way back of positionOf on %s in %s, every quarter of an hour', (date, zone) => {
    const day = localDay(date, zone);
    for (const axis of [axisOf([day]), axisOf([day, localDay('2026-06-15', zone)]), axisOf([day, localDay('2026-11-01', NEW_YORK)])]) {
      for (let instant = day.start; instant < day.end; instant += 15 * MINUTE) {
        expect(instantAt(axis, day, positionOf(axis, day, instant))).toBe(instant);
      }
    }
  });

  it('means the first instant behind an hour that the day does not have', () => {
    const spring = localDay('2026-03-08', NEW_YORK);
    const withOthers = axisOf([spring, localDay('2026-03-09', NEW_YORK)]);
    expect(instantAt(withOthers, spring, 150)).toBe(at('2026-03-08T07:00:00Z'));
    const ordinary = localDay('2026-11-02', NEW_YORK);
    const withFold = axisOf([localDay('2026-11-01', NEW_YORK), ordinary]);
    expect(instantAt(withFold, ordinary, 150)).toBe(at('2026-11-02T07:00:00Z'));
  });
});
