import { isLate, jobPromise } from './promise';

const NEW_YORK = 'America/New_York';
// Fri, Nov 20, 8:58 AM at the shop.
const now = Date.parse('2026-11-20T13:58:00Z');
const ready = (promisedAt: string | null, statusSince: string) => ({ status: 'READY' as const, promisedAt, statusSince });

describe('the promise of a car that is ready', () => {
  it.each([
    ['was kept yesterday, and nobody has come', '2026-11-19T22:00:00Z', '2026-11-19T21:57:00Z', 'soon', 'Ready since yesterday'],
    ['was kept on Wednesday', '2026-11-18T22:00:00Z', '2026-11-18T20:00:00Z', 'soon', 'Ready since Wed'],
    ['was kept this morning', '2026-11-20T13:30:00Z', '2026-11-20T13:10:00Z', 'far', 'Ready since 8:10 AM'],
    ['was kept long ago', '2026-11-02T22:00:00Z', '2026-11-02T20:00:00Z', 'soon', 'Ready since Nov 2'],
    ['was missed, by as much as the work took longer', '2026-11-19T22:00:00Z', '2026-11-19T22:40:00Z', 'missed', 'Ready 40 min late'],
    ['lies ahead', '2026-11-20T22:30:00Z', '2026-11-20T13:10:00Z', 'far', 'Ready for 5:30 PM'],
    ['lies ahead tomorrow', '2026-11-21T18:00:00Z', '2026-11-20T13:10:00Z', 'far', 'Ready for Sat'],
    ['was never given', null, '2026-11-20T13:10:00Z', 'far', 'Ready since 8:10 AM'],
  ])('%s', (_case, promisedAt, since, tone, words) => {
    expect(jobPromise(ready(promisedAt, since), now, NEW_YORK)).toEqual({ tone, words });
  });
  it('is the same a minute and a day later: waiting to be collected is not lateness', () => {
    const job = ready('2026-11-19T22:00:00Z', '2026-11-19T22:40:00Z');
    expect(jobPromise(job, now + 26 * 3_600_000, NEW_YORK).words).toBe('Ready 40 min late');
  });
});

describe('the promise in other states', () => {
  const past = { promisedAt: '2026-11-20T13:18:00Z', statusSince: '2026-11-20T12:00:00Z' };
  it('is late in work and before it, settled when closed', () => {
    expect(jobPromise({ ...past, status: 'IN_PROGRESS' }, now, NEW_YORK)).toEqual({ tone: 'late', words: '40 min late' });
    expect(jobPromise({ ...past, status: 'SCHEDULED' }, now, NEW_YORK).tone).toBe('late');
    expect(jobPromise({ ...past, status: 'COMPLETED' }, now, NEW_YORK)).toEqual({ tone: 'met', words: 'Promised 8:18 AM' });
  });
  it('counts as late only where the work is not done', () => {
    const late = (['SCHEDULED', 'IN_PROGRESS', 'READY', 'COMPLETED', 'CANCELED', 'NO_SHOW'] as const).filter((status) =>
      isLate({ ...past, status }, now),
    );
    expect(late).toEqual(['SCHEDULED', 'IN_PROGRESS']);
    expect(isLate({ ...past, status: 'IN_PROGRESS', promisedAt: '2026-11-20T13:57:30Z' }, now)).toBe(false);
  });
});
