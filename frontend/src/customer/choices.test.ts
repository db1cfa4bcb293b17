import type { Job } from './api';
import { approving, awaitsPrice, capOf, chosenOf, groupsOf, isOpen, keptPicks, stillStands, sumOf, withoutReason, type Pick } from './choices';
import { lineWords } from './Inside';
import { monthsFromToday, say } from './say';

const job = (changes: Partial<Job>): Job =>
  ({ id: 'a', name: 'Pads', choiceId: null, isChosen: true, approval: 'pending', isChanged: false, isPriced: true, totalCents: 100_00, ...changes }) as Job;
const ceramic = job({ id: 'ceramic', choiceId: 'pads', totalCents: 180_00 });
const standard = job({ id: 'standard', choiceId: 'pads', isChosen: false, totalCents: 120_00 });
const oil = job({ id: 'oil', totalCents: 60_00 });
const pick = (jobId: string, decision: Pick['decision'] = 'approved'): Pick => ({ jobId, decision, reason: '', deferredUntil: null });

describe('jobs and their alternatives', () => {
  const groups = groupsOf([ceramic, oil, standard]);
  it('stand together where one of them is done', () => {
    expect(groups.map((group) => group.jobs.map((one) => one.id))).toEqual([['ceramic', 'standard'], ['oil']]);
    expect(groups.map((group) => chosenOf(group).id)).toEqual(['ceramic', 'oil']);
  });
  it('add up only what is about to be approved, of alternatives the picked one', () => {
    const picks = { pads: pick('standard'), oil: pick('oil', 'declined') };
    expect(sumOf(approving(groups, picks))).toBe(120_00);
  });
  it('are no longer open once approved, or while the shop changes them', () => {
    expect(groupsOf([job({ approval: 'approved' }), job({ id: 'b', isChanged: true }), job({ id: 'c', approval: 'declined' })]).map(isOpen)).toEqual([false, false, true]);
  });
});

it('can be answered once there is a price, and asked about before', () => {
  const shield = job({ id: 'shield', isPriced: false, totalCents: 0 });
  const [alone] = groupsOf([shield]);
  const [choice] = groupsOf([{ ...shield, choiceId: 'pads' }, standard]);
  const [free] = groupsOf([job({ id: 'look', totalCents: 0 })]);
  expect([alone, choice, free].map((group) => group && [isOpen(group), awaitsPrice(group)])).toEqual([[false, true], [true, false], [true, false]]);
  expect(keptPicks({ shield: pick('shield'), pads: pick('shield') }, groupsOf([shield, { ...shield, choiceId: 'pads' }, standard]))).toEqual({});
});

it('keeps what was picked for jobs that the shop left as they were', () => {
  const picks = { pads: pick('standard'), oil: pick('oil') };
  const news = groupsOf([ceramic, { ...oil, isChanged: true }, standard]);
  expect(Object.keys(keptPicks(picks, news))).toEqual(['pads']);
  expect(keptPicks({ pads: pick('gone') }, news)).toEqual({});
});

it('thanks for an answer only while it stands', () => {
  const sent = [pick('oil'), pick('ceramic', 'declined')];
  const answered = [{ ...oil, approval: 'approved' }, { ...ceramic, approval: 'declined' }] as Job[];
  expect(stillStands(sent, answered)).toBe(true);
  expect(stillStands(sent, [{ ...oil, approval: 'pending', wasRevoked: true }, ...answered.slice(1)] as Job[])).toBe(false);
  expect(stillStands(sent, [{ ...oil, approval: 'approved', isChanged: true }, ...answered.slice(1)] as Job[])).toBe(false);
  expect(stillStands(sent, [])).toBe(false);
});

it('knows which refusal lacks its reason', () => {
  const groups = groupsOf([oil, ceramic]);
  const picks = { oil: { ...pick('oil', 'declined'), reason: ' ' }, pads: { ...pick('ceramic', 'declined'), reason: 'Not now' } };
  expect(withoutReason(groups, picks).map((group) => group.key)).toEqual(['oil']);
});

it('reads an amount, nothing, and what is no amount', () => {
  const cap = (text: string) => Object.values(capOf(text, 'USD'))[0];
  expect(['400', ' ', '399.50'].map(cap)).toEqual([400_00, null, 399_50]);
  expect(['1e3', '0', '-5', '1.234', '9999999'].map(cap)).toEqual([
    'Write it in digits, such as 400 or 399.50.',
    'Write an amount above zero, or leave it empty.',
    'Write an amount above zero, or leave it empty.',
    'Cents have two digits, such as 399.50.',
    'That is too much: at most $1,000,000.00.',
  ]);
});

it('says hours and pieces without the zeros of the books', () => {
  expect(lineWords({ name: 'Labor', hours: '1.50', isFlat: false, quantity: '1.000' })).toBe('Labor 1.5 h');
  expect(lineWords({ name: 'Hose', hours: null, isFlat: false, quantity: '2.000' })).toBe('Hose × 2');
});

it('says one and many, and comes back to a day that the month has', () => {
  expect(say('visit.bar.declining', { count: 1 })).toBe('1 job declined');
  expect(say('visit.bar.declining', { count: 2 })).toBe('2 jobs declined');
  vi.useFakeTimers({ now: new Date('2026-11-30T17:00:00Z') });
  expect(monthsFromToday(3, 'America/New_York')).toBe('2027-02-28');
  vi.useRealTimers();
});
