import { describe, expect, it } from 'vitest';
import { makeEvent } from '@/testing/calendar-events';
import { mergeWeeks, putIntoWeek, takeFromWeek } from './cache';
import type { Week } from './queries';
import { keepNewer } from './queries';

const start = Date.parse('2026-11-15T05:00:00Z');
const end = Date.parse('2026-11-22T05:00:00Z');
const corolla = makeEvent('2026-11-20T14:00:00Z', 60, { version: 3 });
const tacoma = makeEvent('2026-11-20T16:00:00Z', 60, { version: 1 });
const week: Week = { start, end, events: [corolla, tacoma] };

describe('live changes of a week', () => {
  it('replaces by version, and leaves an older one aside', () => {
    const newer = { ...corolla, version: 4, techName: 'Mei Lin' };
    expect(putIntoWeek(week, newer).events).toEqual([newer, tacoma]);
    expect(putIntoWeek(week, { ...corolla, version: 2 })).toBe(week);
  });

  it('takes in what moves into the week and lets go what leaves it', () => {
    const added = makeEvent('2026-11-16T14:00:00Z');
    expect(putIntoWeek(week, added).events).toContain(added);
    const gone = { ...corolla, version: 4, start: end, end: end + 3_600_000 };
    expect(putIntoWeek(week, gone).events).toEqual([tacoma]);
    expect(putIntoWeek(week, makeEvent('2026-11-22T05:00:00Z'))).toBe(week);
    expect(takeFromWeek(week, tacoma.id).events).toEqual([corolla]);
    expect(takeFromWeek(week, 'unknown')).toBe(week);
  });

  it('keeps one that only reaches into the week', () => {
    const night = makeEvent('2026-11-15T03:00:00Z', 180);
    expect(putIntoWeek(week, night).events).toContain(night);
  });
});

describe('an answer that was already on its way', () => {
  it('does not undo what a live change brought meanwhile', () => {
    const older = { ...corolla, version: 2, start: corolla.start - 3_600_000 };
    expect(keepNewer(week, { start, end, events: [older, { ...tacoma }] })).toBe(week);
  });

  it('brings what is new and drops what is gone', () => {
    const newer = { ...tacoma, version: 2, techName: 'Mei Lin' };
    const merged = keepNewer(week, { start, end, events: [newer] });
    expect(merged.events).toEqual([newer]);
  });

  it('keeps the same objects where nothing changed', () => {
    const added = makeEvent('2026-11-18T14:00:00Z');
    const merged = keepNewer(week, { start, end, events: [{ ...corolla }, { ...tacoma }, added] });
    expect(merged.events[0]).toBe(corolla);
    expect(merged.events[2]).toBe(added);
  });
});

describe('mergeWeeks', () => {
  it('shows each appointment once, the newest, by start, with moves that are on their way', () => {
    const other: Week = { start: end, end: end + 1, events: [{ ...tacoma, version: 2, title: 'newer' }] };
    const merged = mergeWeeks([week, undefined, other], new Map([[corolla.id, { start: tacoma.start + 60_000, techName: 'Mei Lin' }]]));
    expect(merged.map((event) => event.id)).toEqual([tacoma.id, corolla.id]);
    expect(merged[0]).toMatchObject({ title: 'newer' });
    expect(merged[1]).toMatchObject({ techName: 'Mei Lin', isSaving: true });
    expect(merged[0]).not.toHaveProperty('isSaving');
  });
});
