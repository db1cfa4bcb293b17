import { describe, expect, it } from 'vitest';
import { makeEvent } from '@/testing/calendar-events';
import { axisOf, localDay } from './axis';
import type { Placed } from './layout';
import { eventsOn, firstSight, layoutColumn } from './layout';

const ZONE = 'America/New_York';
const day = localDay('2026-11-20', ZONE);
const axis = axisOf([day]);
const wide = { leastMinutes: 20, mostLanes: 12 };

function overlaps(a: Placed, b: Placed): boolean {
  const beside = a.lane + a.span <= b.lane || b.lane + b.span <= a.lane;
  return a.top < b.bottom && b.top < a.bottom && !(a.lanes === b.lanes && beside);
}

describe('layoutColumn', () => {
  it('gives one alone the whole width', () => {
    const [only] = layoutColumn([makeEvent('2026-11-20T14:00:00Z', 90)], day, axis, wide).placed;
    expect(only).toMatchObject({ top: 540, bottom: 630, lane: 0, lanes: 1, span: 1 });
  });

  it('puts two that touch below each other, two that overlap beside each other', () => {
    const touching = layoutColumn([makeEvent('2026-11-20T14:00:00Z', 60), makeEvent('2026-11-20T15:00:00Z', 60)], day, axis, wide).placed;
    expect(touching.map((one) => one.lanes)).toEqual([1, 1]);
    const overlapping = layoutColumn([makeEvent('2026-11-20T14:00:00Z', 60), makeEvent('2026-11-20T14:45:00Z', 60)], day, axis, wide).placed;
    expect(overlapping.map((one) => [one.lane, one.lanes])).toEqual([[0, 2], [1, 2]]);
  });

  it('widens one over the lanes that stay free beside it', () => {
    const events = [
      makeEvent('2026-11-20T14:00:00Z', 180),
      makeEvent('2026-11-20T14:00:00Z', 60),
      makeEvent('2026-11-20T14:00:00Z', 60),
      makeEvent('2026-11-20T15:30:00Z', 60),
    ];
    const placed = layoutColumn(events, day, axis, wide).placed;
    expect(placed.find((one) => one.event === events[3])).toMatchObject({ lane: 1, lanes: 3, span: 2 });
  });

  it('never draws two over each other, and loses none', () => {
    let seed = 42;
    const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
    for (const mostLanes of [2, 4, 50]) {
      const events = Array.from({ length: 80 }, () =>
        makeEvent(new Date(day.start + Math.floor(random() * 88) * 900_000).toISOString(), 15 + Math.floor(random() * 16) * 15),
      );
      const { placed, more } = layoutColumn(events, day, axis, { leastMinutes: 24, mostLanes });
      for (const [index, one] of placed.entries()) {
        expect(placed.slice(index + 1).some((other) => overlaps(one, other))).toBe(false);
        expect(one.lane + one.span).toBeLessThanOrEqual(one.lanes);
        expect(one.lanes).toBeLessThanOrEqual(mostLanes);
      }
      const shown = [...placed.map((one) => one.event), ...more.flatMap((one) => one.events)];
      expect(new Set(shown)).toEqual(new Set(events));
      expect(shown).toHaveLength(events.length);
    }
  });

  it('tells those without a lane together where they overlap', () => {
    const events = [0, 1, 2, 3].map(() => makeEvent('2026-11-20T14:00:00Z', 60));
    const later = [0, 1, 2].map(() => makeEvent('2026-11-20T18:00:00Z', 60));
    const { placed, more } = layoutColumn([...events, ...later], day, axis, { leastMinutes: 20, mostLanes: 2 });
    expect(placed).toHaveLength(4);
    expect(more.map((one) => [one.top, one.events.length])).toEqual([[540, 2], [780, 1]]);
  });

  it('draws a short one long enough to hit, also at the end of the day', () => {
    const [short] = layoutColumn([makeEvent('2026-11-20T14:00:00Z', 5)], day, axis, wide).placed;
    expect(short).toMatchObject({ top: 540, bottom: 560 });
    const [late] = layoutColumn([makeEvent('2026-11-21T04:55:00Z', 5)], day, axis, wide).placed;
    expect(late).toMatchObject({ top: 1420, bottom: 1440 });
  });

  it('cuts one that runs over midnight and says so on both days', () => {
    const event = makeEvent('2026-11-21T03:00:00Z', 240);
    const next = localDay('2026-11-21', ZONE);
    expect(eventsOn([event], day)).toEqual([event]);
    expect(eventsOn([event], next)).toEqual([event]);
    expect(layoutColumn([event], day, axis, wide).placed[0]).toMatchObject({ top: 1320, bottom: 1440, startsBefore: false, endsAfter: true });
    expect(layoutColumn([event], next, axis, wide).placed[0]).toMatchObject({ top: 0, bottom: 120, startsBefore: true, endsAfter: false });
  });

  it('stands on its wall time on the 23-hour day and keeps its length on the 25-hour day', () => {
    const spring = localDay('2026-03-08', ZONE);
    const springWeek = axisOf([spring, localDay('2026-03-09', ZONE)]);
    expect(layoutColumn([makeEvent('2026-03-08T13:00:00Z', 60)], spring, springWeek, wide).placed[0]).toMatchObject({ top: 540, bottom: 600 });
    const autumn = localDay('2026-11-01', ZONE);
    const twice = [makeEvent('2026-11-01T05:15:00Z', 30), makeEvent('2026-11-01T06:15:00Z', 30)];
    const placed = layoutColumn(twice, autumn, axisOf([autumn]), wide).placed;
    expect(placed.map((one) => [one.top, one.bottom, one.lanes])).toEqual([[75, 105, 1], [135, 165, 1]]);
  });
});

describe('firstSight', () => {
  const at = (text: string): number => Date.parse(`${text}:00-05:00`);
  const column = (...starts: string[]) => [{ day, events: starts.map((start) => makeEvent(`${start}:00-05:00`, 60)) }];
  const sight = (columns: ReturnType<typeof column>, now: string): number =>
    firstSight(axis, columns, { opens: 480, now: at(now), lead: 30 });

  it('is above the opening on a day without anything earlier', () => {
    expect(sight(column('2026-11-20T09:00'), '2026-11-20T12:00')).toBe(450);
  });
  it('is above the present before opening, on today alone', () => {
    expect(sight(column(), '2026-11-20T07:20')).toBe(410);
    expect(sight(column(), '2026-11-21T07:20')).toBe(450);
  });
  it('is above the first that begins in the day; one from the day before does not count', () => {
    expect(sight(column('2026-11-20T07:15', '2026-11-20T10:00'), '2026-11-20T12:00')).toBe(405);
    expect(sight(column('2026-11-19T23:30'), '2026-11-20T12:00')).toBe(450);
  });
  it('does not go above midnight', () => {
    expect(sight(column(), '2026-11-20T00:10')).toBe(0);
  });
});
