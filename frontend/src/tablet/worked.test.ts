import type { Timer } from '@/offline/types';
import { makeVisit, MARCUS } from '@/testing/tech-day';
import { isFinishedBy, lasted, soldOn, workedOn } from './worked';

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

it('adds up what was sold, where anything was', () => {
  expect(soldOn(makeVisit())).toBe(1.5);
  expect(soldOn(makeVisit({ jobs: [] }))).toBeNull();
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
