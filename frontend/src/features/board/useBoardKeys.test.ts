import { makeCard } from '@/testing/boards';
import { lanesOf } from './order';
import { cardFrom } from './useBoardKeys';

const cards = [
  makeCard({ id: 's1' }),
  makeCard({ id: 's2' }),
  makeCard({ id: 's3' }),
  makeCard({ id: 'c1', status: 'COMPLETED' }),
  makeCard({ id: 'c2', status: 'COMPLETED' }),
];
const lanes = lanesOf(cards);
const order = ['SCHEDULED', 'IN_PROGRESS', 'READY', 'COMPLETED'] as const;
const from = (id: string, to: Parameters<typeof cardFrom>[3]) => {
  const card = cards.find((one) => one.id === id);
  return card ? cardFrom(lanes, order, card, to) : undefined;
};

describe('arrow keys on the board', () => {
  it('step through a lane and stop at its ends', () => {
    expect(from('s1', 'down')).toBe('s2');
    expect(from('s1', 'up')).toBeNull();
    expect(from('s3', 'down')).toBeNull();
    expect(from('s2', 'first')).toBe('s1');
    expect(from('s2', 'last')).toBe('s3');
  });
  it('skip empty lanes and keep the height, as far as the next lane reaches', () => {
    expect(from('s2', 'right')).toBe('c2');
    expect(from('s3', 'right')).toBe('c2');
    expect(from('c1', 'left')).toBe('s1');
    expect(from('c1', 'right')).toBeNull();
  });
});
