import type { Operation } from '@/offline/types';
import { makeDay, makeVisit } from '@/testing/tech-day';
import { setNeeds } from './acts';
import { newsBetween } from './news-between';

const CAR = '2019 Toyota Corolla';
const told = (...days: Parameters<typeof newsBetween>): string[] => newsBetween(...days).map((one) => one.words);
const waiting = makeVisit({ needsPart: true, needsApproval: true });
const here = makeVisit();

it('tells what has come', () => {
  expect(told(makeDay({ appointments: [waiting] }), makeDay({ appointments: [here] }), [])).toEqual([`The part for ${CAR} is here`, `The approval for ${CAR} is here`]);
});

it('tells which job was approved, once', () => {
  const [job] = here.jobs;
  const pending = makeDay({ appointments: [makeVisit({ jobs: [{ ...job!, approval: 'pending' }] })] });
  expect(told(pending, makeDay(), [])).toEqual([`Approved: Brake check, ${CAR}`]);
  expect(told(makeDay(), makeDay(), [])).toEqual([]);
  // A job that was approved before this person had the car is nothing that they waited for.
  expect(told(makeDay({ appointments: [] }), makeDay(), [])).toEqual([]);
});

it('says nothing of one’s own doing, nor of the person before', () => {
  const own = { ...setNeeds(waiting, { needsPart: false, needsApproval: false }), id: 'o', seq: 1, userId: 'marcus', createdAt: 0, tries: 0, error: null } satisfies Operation;
  const before = makeDay({ appointments: [waiting] });
  expect(told(before, makeDay({ appointments: [here] }), [own])).toEqual([]);
  expect(told(before, makeDay({ me: { id: 'luis', name: 'Luis' }, appointments: [here] }), [])).toEqual([]);
});
