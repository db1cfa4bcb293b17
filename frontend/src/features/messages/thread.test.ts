import { makeMessage } from '@/testing/messages';
import { byDay, inOrder, isUnread, shortText } from './thread';
import { newsOf } from './useThread';

const NEW_YORK = 'America/New_York';

describe('a thread from its pages', () => {
  it('stands from the oldest to the newest, each text once', () => {
    const [a, b, c] = ['2026-11-20T14:00:00Z', '2026-11-20T14:05:00Z', '2026-11-20T14:10:00Z'].map((createdAt, index) => makeMessage({ id: `m${index}`, createdAt }));
    const changed = makeMessage({ id: 'm1', createdAt: '2026-11-20T14:05:00Z', status: 'delivered' });
    expect(inOrder([{ items: [c!, b!] }, { items: [changed, a!] }]).map(({ id, status }) => [id, status])).toEqual([
      ['m0', 'sent'],
      ['m1', 'delivered'],
      ['m2', 'sent'],
    ]);
  });
  it('is parted by the location’s days', () => {
    const late = makeMessage({ id: 'late', createdAt: '2026-11-21T04:59:00Z' });
    const next = makeMessage({ id: 'next', createdAt: '2026-11-21T05:01:00Z' });
    expect(byDay([late, next], NEW_YORK).map(({ day, messages }) => [day, messages.map(({ id }) => id)])).toEqual([
      ['2026-11-20', ['late']],
      ['2026-11-21', ['next']],
    ]);
    expect(byDay([late, next], 'America/Los_Angeles')).toHaveLength(1);
  });
  it('knows what nobody has read', () => {
    expect(isUnread(makeMessage({ direction: 'in', readAt: null }))).toBe(true);
    expect(isUnread(makeMessage({ direction: 'in', readAt: '2026-11-20T15:00:00Z' }))).toBe(false);
    expect(isUnread(makeMessage({ direction: 'out', readAt: null }))).toBe(false);
  });
  it('quotes a long text by its beginning', () => {
    expect(shortText('Your\ncar  is ready')).toBe('Your car is ready');
    expect(shortText('abcdef ghi', 8)).toBe('abcdef…');
  });
});

describe('what is spoken of a text', () => {
  const sent = makeMessage({ status: 'sent', body: 'Your car is ready' });
  it('is its arrival, its failure with the reason, and a reply', () => {
    expect(newsOf(sent, { ...sent, status: 'delivered' }, NEW_YORK)).toBe('Delivered: Your car is ready');
    expect(newsOf(sent, { ...sent, status: 'undelivered', reason: 'provider_refused', errorCode: '30006' }, NEW_YORK)).toBe(
      'Not delivered: Your car is ready. Not delivered: the number is a landline',
    );
    expect(newsOf(undefined, makeMessage({ direction: 'in', status: 'received', body: 'On my way' }), NEW_YORK)).toBe('New text from the customer: On my way');
  });
  it('is nothing that one has just done, or that only passes', () => {
    expect(newsOf(undefined, sent, NEW_YORK)).toBeNull();
    expect(newsOf(makeMessage({ status: 'queued' }), sent, NEW_YORK)).toBeNull();
    expect(newsOf(sent, sent, NEW_YORK)).toBeNull();
  });
});
