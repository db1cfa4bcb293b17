import { makeCard } from '@/testing/boards';
import { figuresOf } from './figures';
import { readFilters } from './filters';

const now = Date.parse('2026-11-20T16:00:00Z');
const filters = (search = '') => readFilters(new URLSearchParams(search));
const today = { from: '2026-11-20', today: '2026-11-20' };
const past = '2026-11-20T15:20:00Z';
const cards = [
  makeCard({ id: 'a1', promisedAt: past, totalCents: 1_000 }),
  makeCard({ id: 'a2', status: 'IN_PROGRESS', promisedAt: past, checkInAt: past, carryOver: true, totalCents: 2_000 }),
  makeCard({ id: 'a3', status: 'READY', promisedAt: past, checkInAt: past, carryOver: true, totalCents: 4_000, paidCents: 500 }),
  makeCard({ id: 'a4', status: 'NO_SHOW', promisedAt: past, vehicle: '2018 Kia Soul', totalCents: 8_000 }),
];

describe('the numbers of the day', () => {
  it('count as late only work that is not done', () => {
    expect(figuresOf({ ...today, cards }, filters(), now)).toEqual({ kind: 'now', jobs: 3, onPremises: 2, late: 2, dueCents: 3_500 });
  });
  it('say of a day to come what is booked for it, apart from the cars that are here today', () => {
    const ahead = { ...today, from: '2026-11-23' };
    expect(figuresOf({ ...ahead, cards }, filters(), now)).toEqual({ kind: 'ahead', booked: 1, bookedCents: 1_000, carriedOver: 2 });
    expect(figuresOf({ ...ahead, cards: cards.slice(1, 3) }, filters(), now)).toMatchObject({ booked: 0, carriedOver: 2 });
  });
  it('measure a filter by the same number of jobs that stands there without it', () => {
    expect(figuresOf({ ...today, cards }, filters('q=corolla'), now)).toEqual({ kind: 'filtered', shown: 3, count: 3, side: 0 });
    expect(figuresOf({ ...today, cards }, filters('q=soul'), now)).toEqual({ kind: 'filtered', shown: 0, count: 3, side: 1 });
  });
  it('leave money out for those who see none', () => {
    const blind = [makeCard({ status: 'READY' })];
    expect(figuresOf({ ...today, cards: blind }, filters(), now)).toMatchObject({ dueCents: null });
    expect(figuresOf({ ...today, from: '2026-11-23', cards: blind }, filters(), now)).toMatchObject({ bookedCents: null });
  });
});
