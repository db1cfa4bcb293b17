import { answersOf, needsOf, requestOf, type Spoken } from './spoken';

const zone = 'America/New_York';
const said: Spoken = {
  method: 'phone',
  answers: { a: { decision: 'approved', reason: '' }, b: { decision: 'declined', reason: ' Not now ' }, c: { decision: '', reason: '' } },
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
    expect(needsOf(said, zone)).toEqual({});
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
    const empty: Spoken = { ...said, answers: { a: { decision: 'approved', reason: '' }, b: { decision: 'declined', reason: ' ' } }, person: '', phone: '', time: '', parts: '', labor: 'x', total: '' };
    expect(Object.keys(needsOf(empty, zone)).sort()).toEqual(['addedLabor', 'addedParts', 'b.reason', 'newTotal', 'person', 'phone', 'saidAt']);
    expect(needsOf({ ...said, answers: {} }, zone)).toHaveProperty('answers');
  });
  it('in person needs neither a number nor amounts', () => {
    const there: Spoken = { ...said, method: 'in_person', phone: '', parts: '', labor: '', total: '' };
    expect(needsOf(there, zone)).toEqual({});
    expect(requestOf(there, zone)).not.toHaveProperty('newTotalCents');
    expect(answersOf(there)).toHaveLength(2);
  });
});
