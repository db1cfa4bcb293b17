import type { Answering } from '@/types';
import type { ToldAnswering } from './useAnswering';
import { whoAnswers } from './useAnswering';

const now = Date.parse('2026-11-20T15:00:00Z');
const at = (seconds: number): string => new Date(now + seconds * 1_000).toISOString();
const ana = (seconds = 10): Answering => ({ id: 'ana', name: 'Ana Flores', until: at(seconds) });
const ben = (seconds = 10): Answering => ({ id: 'ben', name: 'Ben Ortiz', until: at(seconds) });
const told = (people: Answering[], freedAt = 0): ToldAnswering => new Map([['c1', { freedAt, people: new Map(people.map((one) => [one.id, one])) }]]);
const who = (all: ToldAnswering, answering: Answering | null, me = 'sam'): string | null => whoAnswers(all, { id: 'c1', answering }, me, now);

describe('who answers', () => {
  it('is each of two to the other, whatever came last', () => {
    const both = told([ana(), ben()]);
    expect(who(both, ana(), 'ana')).toBe('Ben Ortiz');
    expect(who(both, ana(), 'ben')).toBe('Ana Flores');
  });
  it('is known from the list where nothing was told yet, and beside what was told', () => {
    expect(who(new Map(), ana())).toBe('Ana Flores');
    expect(who(told([ben()]), ana(), 'ben')).toBe('Ana Flores');
  });
  it('is nobody once they are silent, or have answered', () => {
    expect(who(told([ana(-1)]), null)).toBeNull();
    // The list was read before the answer went out.
    expect(who(told([], now), ana(10))).toBeNull();
    expect(who(told([], now - 10_000), ana(10))).toBe('Ana Flores');
    expect(whoAnswers(told([ana()]), null, 'sam', now)).toBeNull();
  });
});
