import { makeCard } from '@/testing/boards';
import { flagsOf } from './CardFlags';

const NEW_YORK = 'America/New_York';
const now = Date.parse('2026-11-20T16:00:00Z');
const ids = (changes: Parameters<typeof makeCard>[0]) => flagsOf(makeCard(changes), now, NEW_YORK).map((flag) => flag.id);
const words = (changes: Parameters<typeof makeCard>[0]) => flagsOf(makeCard(changes), now, NEW_YORK)[0]?.words;

describe('what deserves a glance on a card', () => {
  it('starts with lateness in words', () => {
    expect(words({ status: 'IN_PROGRESS', promisedAt: '2026-11-20T15:20:00Z' })).toBe('40 min late');
  });
  it('is the booked time while nothing presses', () => {
    expect(words({ promisedAt: '2026-11-20T22:00:00Z' })).toBe('9:00 AM');
  });
  it('is never late once closed', () => {
    expect(words({ status: 'COMPLETED', promisedAt: '2026-11-20T15:20:00Z' })).toBe('9:00 AM');
  });
  it('puts a waiting customer before money, texts and carry-over', () => {
    expect(
      ids({ status: 'READY', flags: ['overbooked', 'waiting'], unreadCount: 2, carryOver: true, totalCents: 500, paidCents: 100 }),
    ).toEqual(['time', 'waiting', 'due', 'unread', 'carry', 'over']);
  });
  it('asks for money only when the work is ready, and only of those who see money', () => {
    expect(ids({ status: 'IN_PROGRESS', totalCents: 500, paidCents: 0 })).not.toContain('due');
    expect(ids({ status: 'READY' })).not.toContain('due');
    expect(ids({ status: 'READY', totalCents: 500, paidCents: 500 })).not.toContain('due');
  });
});
