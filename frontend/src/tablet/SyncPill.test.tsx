import { act as react, render } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { registerSpeaker } from '@/lib/announce';
import type { Operation } from '@/offline/types';
import { makeDay } from '@/testing/tech-day';
import { pillOf, SyncPill } from './SyncPill';
import { keeper } from './work';

const operation = (id: string, isRefused: boolean) =>
  ({ id, error: isRefused ? { status: 422, code: 'invalid', words: 'No.', conflicts: [], version: null } : null }) as unknown as Operation;

it('says aloud when something needs the person, and nothing of what only waits', () => {
  const spoken: string[] = [];
  const stop = registerSpeaker((sentence) => spoken.push(sentence));
  let listener: () => void = () => undefined;
  let work = { ...keeper.read(), connection: 'online' as const };
  vi.spyOn(keeper, 'read').mockImplementation(() => work);
  vi.spyOn(keeper, 'subscribe').mockImplementation((told) => ((listener = told), () => undefined));
  render(
    <MemoryRouter>
      <SyncPill />
    </MemoryRouter>,
  );
  const show = (operations: Operation[]): void =>
    react(() => {
      work = { ...work, operations };
      listener();
    });
  show([operation('one', false), operation('two', false)]);
  expect(spoken).toEqual([]);
  show([operation('one', true), operation('two', false)]);
  show([operation('one', true), operation('two', true)]);
  expect(spoken).toEqual(['1 needs you', '2 need you']);
  show([operation('two', true)]);
  expect(spoken).toHaveLength(2);
  stop();
});

it('says whose changes wait on a tablet that somebody else holds, and not that all is saved', () => {
  const stored = { ...keeper.read(), connection: 'online' as const, operations: [], day: makeDay() };
  expect(pillOf(stored).words).toBe('All saved in shop');
  const names = new Map([['luis', 'Luis Ortega']]);
  expect(pillOf({ ...stored, names, others: new Map([['luis', 2]]) }).words).toBe('2 of Luis’s wait');
  expect(pillOf({ ...stored, others: new Map([['luis', 2]]) }).words).toBe('2 of others wait');
  expect(pillOf({ ...stored, names, others: new Map([['luis', 2], ['hank', 1]]) }).words).toBe('3 of others wait');
});
