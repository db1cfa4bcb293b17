import { makeCard } from '@/testing/boards';
import { flagsOf } from './CardFlags';
import { flagsOfTexts } from './text-flags';

const NEW_YORK = 'America/New_York';
const now = Date.parse('2026-11-20T16:00:00Z');
const TODAY = { from: '2026-11-20', to: '2026-11-20', today: '2026-11-20' };
const ids = (changes: Parameters<typeof makeCard>[0]) => flagsOf(makeCard(changes), now, NEW_YORK, TODAY).map((flag) => flag.id);
const words = (changes: Parameters<typeof makeCard>[0], days = TODAY) => flagsOf(makeCard(changes), now, NEW_YORK, days)[0]?.words;

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
  it('is uncollected, not late, once the work is ready', () => {
    const job = { status: 'READY', promisedAt: '2026-11-19T22:00:00Z', statusSince: '2026-11-19T21:57:00Z' } as const;
    expect(flagsOf(makeCard(job), now, NEW_YORK, TODAY)[0]).toMatchObject({ words: 'Ready since yesterday', tone: 'warning' });
  });
  it('is the time of day on the board of another day, with the weekday on a board of several', () => {
    const tomorrow = { ...TODAY, from: '2026-11-21', to: '2026-11-21' };
    const week = { ...TODAY, to: '2026-11-26' };
    const saturday = { start: '2026-11-21T13:15:00Z' };
    expect(words(saturday, tomorrow)).toBe('8:15 AM');
    expect(words(saturday, week)).toBe('Sat 8:15 AM');
    expect(words({}, week)).toBe('9:00 AM');
    expect(words({ start: '2026-11-18T13:15:00Z', carryOver: true }, TODAY)).toBe('Wed 8:15 AM');
    expect(words({ start: '2026-11-02T13:15:00Z', carryOver: true }, TODAY)).toBe('Mon, Nov 2');
  });
  it('does not show today’s lateness as if it were another day’s', () => {
    const late = { status: 'IN_PROGRESS', promisedAt: '2026-11-20T15:20:00Z', carryOver: true } as const;
    const ahead = { ...TODAY, from: '2027-06-01', to: '2027-06-01' };
    expect(flagsOf(makeCard(late), now, NEW_YORK, ahead)[0]).toMatchObject({ words: 'Due Nov 20', tone: 'neutral' });
  });
  it('puts a waiting customer before money, texts and carry-over', () => {
    expect(
      ids({ status: 'READY', flags: ['overbooked', 'waiting'], unreadCount: 2, carryOver: true, totalCents: 500, paidCents: 100 }),
    ).toEqual(['time', 'waiting', 'due', 'unread', 'carry', 'over']);
  });
  it('says what the work waits for before what is asked of anybody else', () => {
    expect(ids({ status: 'IN_PROGRESS', flags: ['needsApproval', 'needsPart', 'waiting'], unreadCount: 1 })).toEqual(['time', 'waiting', 'part', 'approval', 'unread']);
    expect(ids({ status: 'IN_PROGRESS', flags: ['workDone', 'testDriveFailed'], unreadCount: 1 })).toEqual(['time', 'check', 'done', 'unread']);
  });
  it('asks for money only when the work is ready, and only of those who see money', () => {
    expect(ids({ status: 'IN_PROGRESS', totalCents: 500, paidCents: 0 })).not.toContain('due');
    expect(ids({ status: 'READY' })).not.toContain('due');
    expect(ids({ status: 'READY', totalCents: 500, paidCents: 500 })).not.toContain('due');
  });
  it('puts a text that was not sent before unread ones, and one that waits behind everything pressing', () => {
    const job = makeCard({ unreadCount: 1, flags: ['confirmed'] });
    expect(flagsOf(job, now, NEW_YORK, TODAY, 'text_failed').map((flag) => flag.id)).toEqual(['time', 'failed', 'unread', 'confirmed']);
    expect(flagsOf(job, now, NEW_YORK, TODAY, 'text_held').map((flag) => flag.id)).toEqual(['time', 'unread', 'confirmed', 'held']);
  });
});

describe('the flags of a board’s texts', () => {
  it('tell the worst of each job, and what asks before what waits', () => {
    const texts = [
      { appointmentId: 'a', status: 'held' },
      { appointmentId: 'a', status: 'undelivered' },
      { appointmentId: 'b', status: 'failed' },
      { appointmentId: 'b', status: 'held' },
      { appointmentId: 'c', status: 'held' },
      { appointmentId: 'd', status: 'proposed' },
      { appointmentId: 'd', status: 'held' },
      { appointmentId: null, status: 'failed' },
    ] as const;
    expect([...flagsOfTexts(texts)]).toEqual([
      ['a', 'text_failed'],
      ['b', 'text_failed'],
      ['c', 'text_held'],
      ['d', 'text_proposed'],
    ]);
    // A reply to be read presses more than what waits for it, less than what did not arrive.
    expect(flagsOfTexts(texts, [{ appointmentId: 'a' }, { appointmentId: 'c' }, { appointmentId: null }]).get('a')).toBe('text_failed');
    expect(flagsOfTexts(texts, [{ appointmentId: 'c' }]).get('c')).toBe('text_review');
  });
});
