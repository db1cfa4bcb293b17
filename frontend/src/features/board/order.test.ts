import { laneIds, makeBoard, makeCard } from '@/testing/boards';
import { belongs, cardAbove, findCard, inOrder, isCarriedOver, lastOf, placeAfter, placeByKey, removeCard, replaceCard } from './order';

const [a, b, c, d] = [1, 2, 3, 4].map((key) => makeCard({ id: 'abcd'[key - 1] ?? '', orderKey: key * 1024 })) as [
  ReturnType<typeof makeCard>,
  ReturnType<typeof makeCard>,
  ReturnType<typeof makeCard>,
  ReturnType<typeof makeCard>,
];
const board = makeBoard([c, a, d, b]);

describe('the order of cards', () => {
  it('is by key, and by id where two keys are equal', () => {
    expect(laneIds(board, 'SCHEDULED')).toEqual(['a', 'b', 'c', 'd']);
    const twins = inOrder({ ...board, cards: [makeCard({ id: 'z', orderKey: 5 }), makeCard({ id: 'y', orderKey: 5 })] });
    expect(laneIds(twins, 'SCHEDULED')).toEqual(['y', 'z']);
  });
  it('puts a card on top, between two others and at the end', () => {
    expect(laneIds(placeAfter(board, c, null), 'SCHEDULED')).toEqual(['c', 'a', 'b', 'd']);
    expect(laneIds(placeAfter(board, a, 'c'), 'SCHEDULED')).toEqual(['b', 'c', 'a', 'd']);
    expect(laneIds(placeAfter(board, a, 'd'), 'SCHEDULED')).toEqual(['b', 'c', 'd', 'a']);
  });
  it('puts a card at the end when its neighbour has left', () => {
    expect(laneIds(placeAfter(board, a, 'gone'), 'SCHEDULED')).toEqual(['b', 'c', 'd', 'a']);
  });
  it('gives a placed card a key that keeps it there when others arrive by key', () => {
    const moved = placeAfter(board, d, 'a');
    const again = inOrder({ ...moved, cards: [...moved.cards].reverse() });
    expect(laneIds(again, 'SCHEDULED')).toEqual(['a', 'd', 'b', 'c']);
  });
  it('puts a card from the stream where its key says', () => {
    expect(laneIds(placeByKey(board, { ...d, orderKey: 1500 }), 'SCHEDULED')).toEqual(['a', 'd', 'b', 'c']);
    expect(laneIds(placeByKey(board, { ...a, orderKey: 9999 }), 'SCHEDULED')).toEqual(['b', 'c', 'd', 'a']);
  });
  it('moves a card to another lane without losing or doubling it', () => {
    const next = placeAfter(board, { ...b, status: 'READY' }, null);
    expect(laneIds(next, 'SCHEDULED')).toEqual(['a', 'c', 'd']);
    expect(laneIds(next, 'READY')).toEqual(['b']);
    expect(next.cards).toHaveLength(4);
  });
  it('tells neighbours', () => {
    expect(cardAbove(board, 'a')).toBeNull();
    expect(cardAbove(board, 'c')).toBe('b');
    expect(lastOf(board, 'SCHEDULED', 'd')).toBe('c');
    expect(lastOf(board, 'READY')).toBeNull();
  });
});

describe('the heads of lanes', () => {
  const rich = makeBoard([
    makeCard({ id: 'a', totalCents: 12_800, statusSince: '2026-11-20T12:00:00Z' }),
    makeCard({ id: 'b', totalCents: 20_000, statusSince: '2026-11-20T09:00:00Z', orderKey: 2048 }),
  ]);
  const head = (of: typeof rich, key: string) => of.columns.find((column) => column.key === key);

  it('follow a move: count, sum and oldest', () => {
    const card = { ...makeCard({ id: 'b', totalCents: 20_000 }), status: 'READY' as const, statusSince: '2026-11-20T15:00:00Z' };
    const next = placeAfter(rich, card, null);
    expect(head(next, 'SCHEDULED')).toMatchObject({ count: 1, sumCents: 12_800, oldestSince: '2026-11-20T12:00:00Z' });
    expect(head(next, 'READY')).toMatchObject({ count: 1, sumCents: 20_000, oldestSince: '2026-11-20T15:00:00Z' });
  });
  it('show a sum of nothing to those who see money, and none to the others', () => {
    const emptied = removeCard(removeCard(rich, 'a'), 'b');
    expect(head(emptied, 'SCHEDULED')?.sumCents).toBe(0);
    expect(head(board, 'SCHEDULED')).not.toHaveProperty('sumCents');
  });
  it('change with a card’s facts while it stays in place', () => {
    const next = replaceCard(rich, makeCard({ id: 'a', totalCents: 1 }));
    expect(head(next, 'SCHEDULED')?.sumCents).toBe(20_001);
    expect(findCard(next, 'a')?.totalCents).toBe(1);
  });
});

describe('which cards belong to a day', () => {
  it('its own, and cars still here from before', () => {
    const old = makeCard({ day: '2026-11-18', status: 'IN_PROGRESS', checkInAt: '2026-11-18T14:00:00Z' });
    expect(belongs(board, makeCard())).toBe(true);
    expect(belongs(board, old)).toBe(true);
    expect(isCarriedOver(board, old)).toBe(true);
    expect(belongs(board, { ...old, checkOutAt: '2026-11-19T14:00:00Z' })).toBe(false);
    expect(belongs(board, { ...old, status: 'CANCELED' })).toBe(false);
    const left = { ...old, status: 'COMPLETED' as const, checkOutAt: '2026-11-21T02:30:00Z' };
    expect(belongs(board, left), 'it left this evening, by the clock on the wall').toBe(true);
    expect(isCarriedOver(board, left)).toBe(true);
    expect(belongs(board, { ...left, checkOutAt: '2026-11-21T16:00:00Z' }), 'it left tomorrow').toBe(false);
    expect(belongs(board, makeCard({ day: '2026-11-21', checkInAt: '2026-11-20T14:00:00Z' }))).toBe(false);
  });
});
