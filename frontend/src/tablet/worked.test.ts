import type { Timer } from '@/offline/types';
import { makeVisit, MARCUS } from '@/testing/tech-day';
import { arrivalsOn, hoursOn, isFinishedBy, lasted, workedOn } from './worked';

const NOW = Date.parse('2026-11-20T15:00:00Z');
const MINUTES = 60_000;
function stretch(id: string, from: string, to: string | null, changes: Partial<Timer> = {}): Timer {
  const at = (clock: string): string => `2026-11-20T${clock}:00Z`;
  return { id, appointmentId: 'visit-1', jobId: null, userId: MARCUS.id, startedAt: at(from), stoppedAt: to && at(to), pauseReason: null, ...changes };
}

it('keeps one’s own hours apart from everybody’s', () => {
  const luis = stretch('luis', '11:00', '14:00', { userId: 'luis', jobId: 'job-1' });
  const running = stretch('mine', '14:50', null, { jobId: 'job-1' });
  const visit = makeVisit({ timers: [luis, stretch('early', '10:00', '10:05')] });

  const worked = workedOn(visit, running, MARCUS.id, NOW);
  expect(worked.own).toBe(15 * MINUTES);
  expect(worked.everybody).toBe(195 * MINUTES);
  expect(worked.byJob.get('job-1')).toBe(190 * MINUTES);
  expect(lasted(running, NOW)).toBe(10 * MINUTES);
  // A clock on another car says nothing of this one; one that was started here has no name yet.
  expect(workedOn(visit, { ...running, appointmentId: 'other' }, MARCUS.id, NOW).own).toBe(5 * MINUTES);
  const nameless = { ...running };
  delete nameless.userId;
  expect(workedOn(visit, nameless, MARCUS.id, NOW).own).toBe(15 * MINUTES);
});

it('takes for sold what was approved, and for offered what waits', () => {
  const [job] = makeVisit().jobs;
  expect(hoursOn(makeVisit())).toEqual({ sold: 1.5, offered: 0 });
  expect(hoursOn(makeVisit({ jobs: [job!, { ...job!, id: 'job-2', hours: '2.1', approval: 'pending' }] }))).toEqual({ sold: 1.5, offered: 2.1 });
  expect(hoursOn(makeVisit({ jobs: [{ ...job!, approval: 'pending' }] }))).toEqual({ sold: 0, offered: 1.5 });
  expect(hoursOn(makeVisit({ jobs: [] }))).toEqual({ sold: null, offered: 0 });
});

it('takes the last word of the person, not of others', () => {
  const done = stretch('done', '11:00', '12:00');
  const paused = stretch('paused', '09:00', '10:00', { pauseReason: 'needs_part' });
  const of = (...timers: Timer[]): boolean => isFinishedBy(makeVisit({ timers }), MARCUS.id);
  expect(of(done, paused)).toBe(true);
  expect(of(stretch('again', '13:00', '14:00', { pauseReason: 'break' }), done)).toBe(false);
  expect(of(done, stretch('runs', '14:00', null))).toBe(false);
  expect(of(stretch('luis', '11:00', '12:00', { userId: 'luis' }))).toBe(false);
  expect(of()).toBe(false);
});

describe('what has come since the person had their hands on a car', () => {
  const done = stretch('done', '11:00', '12:00');
  const job = (decidedAt: string | null) => ({ ...makeVisit().jobs[0]!, approval: decidedAt ? 'approved' : 'pending', decidedAt });
  it('brings a finished one back until they go on with it', () => {
    const visit = makeVisit({ timers: [done], jobs: [job('2026-11-20T12:30:00Z')] });
    expect(arrivalsOn(visit, MARCUS.id)).toEqual(['work']);
    expect(isFinishedBy(visit, MARCUS.id)).toBe(false);
    const again = { ...visit, timers: [done, stretch('again', '12:40', '12:50')] };
    expect(arrivalsOn(again, MARCUS.id)).toEqual([]);
    expect(isFinishedBy(again, MARCUS.id)).toBe(true);
  });
  it('brings one back whose part is here, also where no clock ran', () => {
    const here = { partHereAt: '2026-11-20T12:30:00Z' };
    expect(isFinishedBy(makeVisit({ timers: [done], ...here }), MARCUS.id)).toBe(false);
    expect(arrivalsOn(makeVisit(here), MARCUS.id)).toEqual(['part']);
    expect(arrivalsOn(makeVisit({ ...here, needsPart: true }), MARCUS.id)).toEqual([]);
  });
  it('calls an approval of everything what it is, once', () => {
    const here = { approvalHereAt: '2026-11-20T12:30:00Z' };
    expect(arrivalsOn(makeVisit({ timers: [done], ...here }), MARCUS.id)).toEqual(['approval']);
    expect(arrivalsOn(makeVisit({ timers: [done], ...here, jobs: [job('2026-11-20T12:30:00Z')] }), MARCUS.id)).toEqual(['work']);
  });
  it('is nothing that was approved before the work was begun, or is not approved', () => {
    expect(arrivalsOn(makeVisit({ timers: [done], jobs: [job('2026-11-20T10:00:00Z'), job(null)] }), MARCUS.id)).toEqual([]);
    expect(arrivalsOn(makeVisit({ jobs: [job('2026-11-20T10:00:00Z')] }), MARCUS.id)).toEqual([]);
  });
});
