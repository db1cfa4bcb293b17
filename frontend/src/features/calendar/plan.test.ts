import { describe, expect, it } from 'vitest';
import { HOUR } from '@/lib/time';
import { makeEvent } from '@/testing/calendar-events';
import { axisOf, localDay, positionOf } from './axis';
import { clashesOf } from './collisions';
import { isOpen, isSamePlan, movedBy, nudged, onDate, onOtherDay, planOf, resizedTo, stretched } from './plan';

const ZONE = 'America/New_York';
const iso = (instant: number): string => new Date(instant).toISOString().replace('.000Z', 'Z');
const days = (...dates: string[]) => dates.map((date) => localDay(date, ZONE));

describe('movedBy', () => {
  const [friday, saturday] = days('2026-11-20', '2026-11-21');
  const axis = axisOf([friday!, saturday!]);

  it('snaps to quarters of an hour and keeps the length', () => {
    const event = makeEvent('2026-11-20T14:00:00Z', 50);
    const plan = movedBy(event, axis, { column: { day: friday! }, minute: 550 }, { column: { day: friday! }, minute: 589 });
    expect([iso(plan.start), iso(plan.end)]).toEqual(['2026-11-20T14:45:00Z', '2026-11-20T15:35:00Z']);
  });

  it('keeps an odd minute when dragged only sideways', () => {
    const event = makeEvent('2026-11-20T14:07:00Z', 60);
    const plan = movedBy(event, axis, { column: { day: friday! }, minute: 560 }, { column: { day: saturday! }, minute: 563 });
    expect(iso(plan.start)).toBe('2026-11-21T14:07:00Z');
  });

  it('hands it to the column’s technician, or takes it from all', () => {
    const event = makeEvent('2026-11-20T14:00:00Z', 60, { techId: 'a', techName: 'Ann' });
    const from = { column: { day: friday!, tech: { id: 'a', name: 'Ann' } }, minute: 560 };
    expect(movedBy(event, axis, from, { column: { day: friday!, tech: { id: 'b', name: 'Bo' } }, minute: 560 })).toEqual({
      start: event.start,
      end: event.end,
      techId: 'b',
      techName: 'Bo',
    });
    expect(movedBy(event, axis, from, { column: { day: friday!, tech: { id: null, name: null } }, minute: 560 }).techId).toBeNull();
  });

  it('keeps wall time and real length on the day that skips an hour', () => {
    const [saturdayBefore, sunday] = days('2026-03-07', '2026-03-08');
    const spring = axisOf([saturdayBefore!, sunday!]);
    // 1 AM to 4 AM, moved sideways: three real hours from 1 AM end at 5 AM.
    const event = makeEvent('2026-03-07T06:00:00Z', 180);
    const plan = movedBy(event, spring, { column: { day: saturdayBefore! }, minute: 100 }, { column: { day: sunday! }, minute: 100 });
    expect([iso(plan.start), iso(plan.end)]).toEqual(['2026-03-08T06:00:00Z', '2026-03-08T09:00:00Z']);
    // Dropped inside the missing hour it begins behind it, at 3 AM.
    const inGap = movedBy(event, spring, { column: { day: saturdayBefore! }, minute: 60 }, { column: { day: sunday! }, minute: 135 });
    expect(iso(inGap.start)).toBe('2026-03-08T07:00:00Z');
  });

  it('tells the two 1:30s of the long day apart', () => {
    const [sunday] = days('2026-11-01');
    const autumn = axisOf([sunday!]);
    const event = makeEvent('2026-11-01T04:30:00Z', 60);
    const to = (minute: number): string => iso(movedBy(event, autumn, { column: { day: sunday! }, minute: 30 }, { column: { day: sunday! }, minute }).start);
    expect(to(90)).toBe('2026-11-01T05:30:00Z');
    expect(to(150)).toBe('2026-11-01T06:30:00Z');
    expect(to(210)).toBe('2026-11-01T07:30:00Z');
  });

  it('moves one that began the evening before by the same distance', () => {
    const event = makeEvent('2026-11-20T03:00:00Z', 480);
    expect(event.start).toBeLessThan(friday!.start);
    const plan = movedBy(event, axis, { column: { day: friday! }, minute: 60 }, { column: { day: saturday! }, minute: 60 });
    expect(iso(plan.start)).toBe('2026-11-21T03:00:00Z');
    expect(plan.end - plan.start).toBe(8 * HOUR);
  });
});

describe('resizing', () => {
  it('snaps the end and leaves at least a quarter of an hour', () => {
    const [friday] = days('2026-11-20');
    const axis = axisOf([friday!]);
    const event = makeEvent('2026-11-20T14:00:00Z', 60);
    expect(iso(resizedTo(event, axis, { column: { day: friday! }, minute: 622 }).end)).toBe('2026-11-20T15:15:00Z');
    expect(iso(resizedTo(event, axis, { column: { day: friday! }, minute: 400 }).end)).toBe('2026-11-20T14:15:00Z');
  });

  it('measures real time over a change of the clocks', () => {
    const [sunday] = days('2026-11-01');
    const axis = axisOf([sunday!]);
    const event = makeEvent('2026-11-01T05:00:00Z', 30);
    const plan = resizedTo(event, axis, { column: { day: sunday! }, minute: positionOf(axis, sunday!, Date.parse('2026-11-01T07:00:00Z')) });
    expect((plan.end - plan.start) / HOUR).toBe(2);
  });
});

describe('moving by keys', () => {
  const plan = planOf(makeEvent('2026-11-20T14:07:00Z', 60));

  it('steps to full quarters', () => {
    expect(iso(nudged(plan, 1).start)).toBe('2026-11-20T14:15:00Z');
    expect(iso(nudged(plan, -1).start)).toBe('2026-11-20T14:00:00Z');
    expect(iso(nudged(nudged(plan, 1), 1).start)).toBe('2026-11-20T14:30:00Z');
    expect(iso(stretched(plan, 1).end)).toBe('2026-11-20T15:15:00Z');
    let short = plan;
    for (let index = 0; index < 10; index += 1) short = stretched(short, -1);
    expect(short.end - short.start).toBe(15 * 60_000);
  });

  it('keeps the wall time from day to day over both changes', () => {
    const spring = planOf(makeEvent('2026-03-07T14:00:00Z', 60));
    expect(iso(onOtherDay(spring, 1, ZONE).start)).toBe('2026-03-08T13:00:00Z');
    expect(onOtherDay(onOtherDay(spring, 1, ZONE), -1, ZONE)).toEqual(spring);
    const autumn = planOf(makeEvent('2026-10-31T13:00:00Z', 60));
    expect(iso(onOtherDay(autumn, 1, ZONE).start)).toBe('2026-11-01T14:00:00Z');
  });

  it('goes behind the missing hour when put into it', () => {
    const early = planOf(makeEvent('2026-03-07T07:30:00Z', 60));
    expect(iso(onDate(early, '2026-03-08', ZONE).start)).toBe('2026-03-08T07:30:00Z');
  });

  it('knows when nothing changed', () => {
    expect(isSamePlan(plan, { ...plan })).toBe(true);
    expect(isSamePlan(plan, { ...plan, techId: 'a' })).toBe(false);
  });
});

describe('clashesOf', () => {
  const event = makeEvent('2026-11-20T14:00:00Z', 60, { techId: 'a', techName: 'Ann', bayId: 'bay', bayName: 'Bay 1' });

  it('names the technician and the bay, not those who only touch, are canceled or are itself', () => {
    const others = [
      event,
      makeEvent('2026-11-20T14:30:00Z', 60, { techId: 'a', techName: 'Ann' }),
      makeEvent('2026-11-20T14:30:00Z', 60, { techId: 'b', techName: 'Bo', bayId: 'bay', bayName: 'Bay 1' }),
      makeEvent('2026-11-20T15:00:00Z', 60, { techId: 'a' }),
      makeEvent('2026-11-20T13:00:00Z', 60, { techId: 'a' }),
      makeEvent('2026-11-20T14:00:00Z', 60, { techId: 'a', status: 'CANCELED' }),
    ];
    expect(clashesOf(event, planOf(event), others).map((clash) => [clash.kind, clash.name])).toEqual([
      ['technician', 'Ann'],
      ['bay', 'Bay 1'],
    ]);
  });

  it('does not mind several without a technician', () => {
    const free = makeEvent('2026-11-20T14:00:00Z', 60);
    expect(clashesOf(free, planOf(free), [makeEvent('2026-11-20T14:00:00Z', 60)])).toEqual([]);
  });
});

it.each([
  ['17:00', '18:00', true],
  ['17:45', '18:30', false],
  ['07:30', '09:00', false],
  ['08:00', '08:15', true],
])('from %s to %s is open from 8 to 18: %s', (from, to, expected) => {
  const at = (time: string): number => Date.parse(`2026-11-20T${time}:00-05:00`);
  expect(isOpen({ start: at(from), end: at(to), techId: null, techName: null }, 'America/New_York', 8 * 60, 18 * 60)).toBe(expected);
});
