import type { Job } from '@/types';
import { answersOf, needsOf, refusalsOf, requestOf, spokenGroups, withoutChanged, wrongOf, type Spoken } from './spoken';

const zone = 'America/New_York';
const now = Date.parse('2026-11-20T16:20:00Z');
const said: Spoken = {
  method: 'phone',
  answers: { a: { jobId: 'a', decision: 'approved', reason: '' }, c: { jobId: 'c', decision: '', reason: '' }, b: { jobId: 'b', decision: 'declined', reason: ' Not now ' } },
  person: 'Ana Reyes',
  phone: '(212) 555-0142',
  day: '2026-11-20',
  time: '11:10',
  parts: '96',
  labor: '0',
  total: '296.50',
  cap: '',
  words: '',
};

describe('what the customer said on the phone', () => {
  it('is sent with the shop’s own time, in cents, without the jobs that were not spoken of', () => {
    expect(needsOf(said, zone, now)).toEqual({});
    expect(requestOf(said, zone)).toEqual({
      method: 'phone',
      person: 'Ana Reyes',
      phone: '(212) 555-0142',
      saidAt: '2026-11-20T16:10:00Z',
      answers: [
        { jobId: 'a', decision: 'approved' },
        { jobId: 'b', decision: 'declined', reason: 'Not now' },
      ],
      addedPartsCents: 96_00,
      addedLaborCents: 0,
      newTotalCents: 296_50,
    });
  });
  it('lacks nothing that makes it evidence', () => {
    const empty: Spoken = { ...said, answers: { a: { jobId: 'a', decision: 'approved', reason: '' }, b: { jobId: 'b', decision: 'declined', reason: ' ' } }, person: '', phone: '', time: '', parts: '', labor: 'x', total: '' };
    expect(Object.keys(needsOf(empty, zone, now)).sort()).toEqual(['addedLabor', 'addedParts', 'b.reason', 'newTotal', 'person', 'phone', 'saidAt']);
    expect(needsOf({ ...said, answers: {} }, zone, now)).toHaveProperty('answers');
  });
  it('is wrong as soon as it is typed, and not while it is empty', () => {
    expect(wrongOf({ ...said, phone: '', parts: '', time: '' }, zone, now)).toEqual({});
    expect(wrongOf({ ...said, phone: '555-0142', time: '11:40', labor: '1e2', cap: '-1' }, zone, now)).toEqual({
      phone: 'Use 10 digits, or + and the country code.',
      saidAt: 'Give a time that is not in the future and not over a month ago.',
      addedLabor: 'Write it in digits, such as 120 or 1,250.50.',
      cap: 'Enter an amount above zero.',
    });
    expect(Object.keys(wrongOf({ ...said, day: '2026-10-01' }, zone, now))).toEqual(['saidAt']);
  });
  it('in person needs neither a number nor amounts', () => {
    const there: Spoken = { ...said, method: 'in_person', phone: '', parts: '', labor: '', total: '' };
    expect(needsOf(there, zone, now)).toEqual({});
    expect(requestOf(there, zone)).not.toHaveProperty('newTotalCents');
    expect(answersOf(there)).toHaveLength(2);
  });
  it('speaks of alternatives as of one thing, the one that counts first', () => {
    const job = (id: string, choiceId: string | null, isChosen: boolean) => ({ id, choiceId, isChosen }) as Job;
    const groups = spokenGroups([job('oil', null, true), job('standard', 'pads', false), job('ceramic', 'pads', true)]);
    expect(groups.map((group) => group.map((one) => one.id))).toEqual([['oil'], ['ceramic', 'standard']]);
    expect(answersOf({ ...said, answers: { pads: { jobId: 'standard', decision: 'approved', reason: '' } } })).toEqual([{ jobId: 'standard', decision: 'approved' }]);
  });
  it('is refused where it was written, and nothing is swallowed', () => {
    const fields = { 'answers.0.jobId': ['No such job.'], 'answers.1.reason': ['Why?'], spendingCapCents: ['Too much.'], newTotalCents: ['It is $60.00.'], somethingElse: ['Odd.'] };
    expect(refusalsOf(fields, said)).toEqual({ 'a.decision': 'No such job.', 'b.reason': 'Why?', cap: 'Too much.', newTotal: 'It is $60.00.', form: 'Odd.' });
  });
  it('is no longer wrong once it was changed', () => {
    const errors = { addedParts: 'x', addedLabor: 'x', 'b.reason': 'x', person: 'x', form: 'x' };
    expect(withoutChanged(errors, { parts: '96', labor: '0' })).toEqual({ 'b.reason': 'x', person: 'x' });
    expect(withoutChanged(errors, { answers: {} })).not.toHaveProperty(['b.reason']);
  });
});
