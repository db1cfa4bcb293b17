import { makeBoard, makeCard } from '@/testing/boards';
import { shareCards } from './share';

const before = makeBoard([makeCard({ id: 'a' }), makeCard({ id: 'b', orderKey: 2048 })]);
const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

describe('a fresh answer', () => {
  it('is the old board when nothing changed', () => {
    expect(shareCards(before, copy(before))).toBe(before);
  });
  it('keeps every card that did not change', () => {
    const next = copy(makeBoard([makeCard({ id: 'a' }), makeCard({ id: 'b', orderKey: 2048, unreadCount: 1 })]));
    const shared = shareCards(before, next);
    expect(shared.cards[0]).toBe(before.cards[0]);
    expect(shared.cards[1]?.unreadCount).toBe(1);
  });
  it('notices another order, a flag, a missing key and a changed head', () => {
    const turned = { ...copy(before), cards: [...copy(before).cards].reverse() };
    expect(shareCards(before, turned).cards.map((card) => card.id)).toEqual(['b', 'a']);
    const flagged = copy(makeBoard([makeCard({ id: 'a', flags: ['waiting'] }), makeCard({ id: 'b', orderKey: 2048 })]));
    expect(shareCards(before, flagged).cards[0]?.flags).toEqual(['waiting']);
    const priced = copy(makeBoard([makeCard({ id: 'a', totalCents: 1 }), makeCard({ id: 'b', orderKey: 2048 })]));
    expect(shareCards(before, priced).cards[0]?.totalCents).toBe(1);
    expect(shareCards(before, { ...copy(before), today: '2026-11-21' }).today).toBe('2026-11-21');
  });
});
