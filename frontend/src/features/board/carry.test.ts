import { makeBoard, makeCard } from '@/testing/boards';
import type { Place } from './carry';
import { lanesWith, placeFrom } from './carry';
import { lanesOf } from './order';

const cards = ['a', 'b', 'c'].map((id, index) => makeCard({ id, orderKey: index }));
const others = ['x', 'y'].map((id, index) => makeCard({ id, orderKey: index, status: 'READY' }));
const lanes = lanesOf(makeBoard([...cards, ...others]).cards);
const [a, b] = cards as [(typeof cards)[0], (typeof cards)[0]];

/** The place after some keys, for a card that is picked up at its own place. */
function carried(card: typeof a, place: Place, ...keys: string[]): Place {
  return keys.reduce(
    (held, key) =>
      placeFrom(lanesWith(lanes, card, held), ['SCHEDULED', 'IN_PROGRESS', 'READY'], { id: card.id, place: held }, key, (status) => status !== 'IN_PROGRESS') ?? held,
    place,
  );
}

describe('a card that keys carry', () => {
  it('goes up and down in its lane, and no further than its ends', () => {
    expect(carried(b, { to: 'SCHEDULED', afterId: 'a' }, 'arrowup')).toEqual({ to: 'SCHEDULED', afterId: null });
    expect(carried(b, { to: 'SCHEDULED', afterId: 'a' }, 'arrowup', 'arrowup', 'arrowdown', 'arrowdown')).toEqual({ to: 'SCHEDULED', afterId: 'c' });
    expect(carried(b, { to: 'SCHEDULED', afterId: 'a' }, 'arrowdown', 'arrowdown', 'arrowdown')).toEqual({ to: 'SCHEDULED', afterId: 'c' });
  });
  it('goes to the side at the same height, over lanes that it may not go to, and back', () => {
    expect(carried(b, { to: 'SCHEDULED', afterId: 'a' }, 'arrowright')).toEqual({ to: 'READY', afterId: 'x' });
    expect(carried(a, { to: 'SCHEDULED', afterId: null }, 'arrowright')).toEqual({ to: 'READY', afterId: null });
    expect(carried(b, { to: 'SCHEDULED', afterId: 'a' }, 'arrowright', 'arrowright', 'arrowleft')).toEqual({ to: 'SCHEDULED', afterId: 'a' });
  });
  it('is shown where it is held, at the end when its neighbour has left', () => {
    const held = lanesWith(lanes, a, { to: 'READY', afterId: 'x' });
    expect(held.SCHEDULED.map(({ id }) => id)).toEqual(['b', 'c']);
    expect(held.READY.map(({ id, status }) => [id, status])).toEqual([['x', 'READY'], ['a', 'READY'], ['y', 'READY']]);
    expect(lanesWith(lanes, a, { to: 'READY', afterId: 'gone' }).READY.at(-1)?.id).toBe('a');
  });
});
