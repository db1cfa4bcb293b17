import { laneIds, makeBoard, makeCard } from '@/testing/boards';
import type { LiveAppointment } from '@/types';
import { applyLive } from './apply-live';
import { findCard } from './order';

const board = makeBoard([makeCard({ id: 'a', version: 3 }), makeCard({ id: 'b', orderKey: 2048 })]);
const event = (changes: Partial<LiveAppointment>): LiveAppointment => ({
  id: 'a',
  locationId: 'l1',
  version: 4,
  rev: 9,
  day: '2026-11-20',
  ...changes,
});

describe('a live change', () => {
  it('moves the card to where it stands for everyone', () => {
    const next = applyLive(board, event({ card: makeCard({ id: 'a', version: 4, status: 'READY' }) }));
    expect(laneIds(next, 'READY')).toEqual(['a']);
    expect(laneIds(next, 'SCHEDULED')).toEqual(['b']);
  });
  it('of our own, or an older one, changes nothing', () => {
    const late = event({ version: 3, card: makeCard({ id: 'a', version: 3, status: 'READY' }) });
    expect(applyLive(board, late)).toBe(board);
  });
  it('of the work changes what the card says of it, no other version and no other place', () => {
    const card = makeCard({ id: 'a', version: 3, status: 'READY', servicesSummary: 'Brakes +1', totalCents: 41250 });
    const next = applyLive(board, event({ version: 3, card }));
    expect(findCard(next, 'a')).toMatchObject({ servicesSummary: 'Brakes +1', totalCents: 41250, status: 'SCHEDULED' });
    expect(laneIds(next, 'SCHEDULED')).toEqual(['a', 'b']);
  });
  it('of the estimate changes its mark, and the same one again changes nothing', () => {
    const estimate = { state: 'partly', approved: 1, offered: 2 } as const;
    const news = event({ version: 3, card: makeCard({ id: 'a', version: 3, estimate }) });
    const next = applyLive(board, news);
    expect(findCard(next, 'a')).toMatchObject({ estimate, version: 3 });
    expect(applyLive(next, event({ version: 3, card: makeCard({ id: 'a', version: 3, estimate: { ...estimate } }) }))).toBe(next);
  });
  it('adds a new card of the day and leaves out one of another day', () => {
    const added = applyLive(board, event({ id: 'n', version: 1, card: makeCard({ id: 'n', orderKey: 1500 }) }));
    expect(laneIds(added, 'SCHEDULED')).toEqual(['a', 'n', 'b']);
    expect(applyLive(board, event({ id: 'n', card: makeCard({ id: 'n', day: '2026-12-01' }) }))).toBe(board);
  });
  it('takes away a card that was deleted or put off to another day', () => {
    expect(findCard(applyLive(board, event({ deleted: true, card: null })), 'a')).toBeUndefined();
    expect(findCard(applyLive(board, event({ card: makeCard({ id: 'a', version: 4, day: '2026-12-01' }) })), 'a')).toBeUndefined();
  });
  it('marks a car that stayed from an earlier day', () => {
    const card = makeCard({ id: 'a', version: 4, day: '2026-11-19', status: 'READY', checkInAt: '2026-11-19T14:00:00Z' });
    expect(findCard(applyLive(board, event({ card })), 'a')?.carryOver).toBe(true);
  });
});
