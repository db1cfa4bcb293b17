import { describe, expect, it } from 'vitest';
import { makeEvent } from '@/testing/calendar-events';
import { axisOf, localDay, missing } from './axis';
import type { Cursor, Stop } from './grid-keys';
import { resolve, stopNear, stopsOf, walk } from './grid-keys';
import { layoutColumn } from './layout';

const ZONE = 'America/New_York';
const friday = localDay('2026-11-20', ZONE);
const axis = axisOf([friday]);
const options = { leastMinutes: 20, mostLanes: 3 };
const nine = makeEvent('2026-11-20T14:00:00Z', 60);
const half = makeEvent('2026-11-20T14:30:00Z', 90);
const noon = makeEvent('2026-11-20T17:00:00Z', 60);
const first = stopsOf(layoutColumn([nine, half], friday, axis, options), axis);
const second = stopsOf(layoutColumn([noon], friday, axis, options), axis);
const columns = [first, second];

function press(cursor: Cursor, key: Parameters<typeof walk>[2]): Cursor {
  const result = walk(columns, cursor, key, 480);
  if (!result || !('to' in result)) throw new Error(`${key} leads nowhere`);
  return result.to;
}
const at = (column: number, stop: Stop | null): Cursor => ({ column, id: stop!.id, top: stop!.top });

describe('stopsOf', () => {
  it('lists appointments and the half hours that are free', () => {
    expect(first.filter((stop) => stop.kind === 'event').map((stop) => stop.id)).toEqual([nine.id, half.id]);
    expect(first.some((stop) => stop.kind === 'slot' && stop.top < 630 && stop.bottom > 540)).toBe(false);
    expect(first.filter((stop) => stop.kind === 'slot')).toHaveLength(48 - 4);
  });

  it('offers no half hour that the day does not have, and both of those that come twice', () => {
    const spring = localDay('2026-03-08', ZONE);
    const week = axisOf([spring, localDay('2026-03-09', ZONE)]);
    const stops = stopsOf(layoutColumn([], spring, week, options), week, missing(week, spring));
    expect(stops).toHaveLength(46);
    expect(stops.some((stop) => stop.top === 120 || stop.top === 150)).toBe(false);
    const autumn = localDay('2026-11-01', ZONE);
    const long = axisOf([autumn]);
    expect(stopsOf(layoutColumn([], autumn, long, options), long)).toHaveLength(50);
  });
});

describe('walk', () => {
  it('goes down through free time and appointments in order of time', () => {
    let cursor = at(0, stopNear(first, 480));
    const seen = [cursor.id];
    for (let index = 0; index < 4; index += 1) {
      cursor = press(cursor, 'ArrowDown');
      seen.push(cursor.id);
    }
    expect(seen).toEqual(['slot:480', 'slot:510', nine.id, half.id, 'slot:660']);
    expect(press(cursor, 'ArrowUp').id).toBe(half.id);
  });

  it('goes right to the appointment beside it first, then to the next column, and back to the same time', () => {
    let cursor = press(at(0, stopNear(first, 545)), 'ArrowRight');
    expect(cursor).toMatchObject({ column: 0, id: half.id });
    cursor = press(cursor, 'ArrowRight');
    expect(cursor).toMatchObject({ column: 1, id: 'slot:570' });
    const there = press(at(0, stopNear(first, 720)), 'ArrowRight');
    expect(there).toMatchObject({ column: 1, id: noon.id });
    expect(press(there, 'ArrowLeft')).toMatchObject({ column: 0, id: 'slot:720' });
  });

  it('leads over the edge to the neighbouring range, at the same time', () => {
    expect(walk(columns, at(1, stopNear(second, 720)), 'ArrowRight', 480)).toEqual({ step: 1, top: 720 });
    expect(walk(columns, at(0, stopNear(first, 480)), 'ArrowLeft', 480)).toEqual({ step: -1, top: 480 });
  });

  it('stays at the top and at the bottom', () => {
    expect(walk(columns, at(0, first[0]!), 'ArrowUp', 480)).toBeNull();
    expect(walk(columns, at(0, first.at(-1)!), 'ArrowDown', 480)).toBeNull();
  });

  it('finds the first and the last appointment, or the opening hour of an empty day', () => {
    expect(press(at(0, first[0]!), 'End').id).toBe(half.id);
    expect(press(at(0, first.at(-1)!), 'Home').id).toBe(nine.id);
    const empty = [stopsOf({ placed: [], more: [] }, axis)];
    expect(walk(empty, at(0, empty[0]![0]!), 'Home', 480)).toEqual({ to: { column: 0, id: 'slot:480', top: 480 } });
  });
});

describe('resolve', () => {
  const start: Cursor = { column: 0, id: 'slot:480', top: 480 };

  it('follows an appointment that went to another column', () => {
    expect(resolve(columns, { column: 0, id: noon.id, top: 540 }, start)).toMatchObject({ column: 1, id: noon.id });
  });

  it('stays in place when its appointment is gone', () => {
    expect(resolve(columns, { column: 1, id: 'gone', top: 610 }, start)).toEqual({ column: 1, id: 'slot:600', top: 600 });
  });

  it('begins where it is told', () => {
    expect(resolve(columns, null, start)).toEqual(start);
  });
});
