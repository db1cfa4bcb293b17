/** What a technician does to their clock, as operations for the queue. */
import type { NewOperation, Timer, Visit } from '@/offline/types';
import { carOf, now } from './acts';

// One person has one clock: what happens to it keeps its order whatever car it is about.
const CLOCK = 'clock';
export function startTimer(visit: Visit, jobId?: string): NewOperation {
  return {
    kind: 'startTimer',
    method: 'POST',
    url: '/api/tech/timers',
    body: { id: crypto.randomUUID(), appointmentId: visit.id, ...(jobId === undefined ? {} : { jobId }), startedAt: now() },
    about: { appointmentId: visit.id },
    record: CLOCK,
    base: {},
    label: carOf(visit),
  };
}
export function stopTimer(visit: Visit, timer: Timer, pauseReason: string | null): NewOperation {
  const stoppedAt = now(timer.startedAt);
  return {
    kind: 'stopTimer',
    method: 'POST',
    url: `/api/tech/timers/${timer.id}/stop`,
    body: pauseReason === null ? { stoppedAt } : { stoppedAt, pauseReason },
    about: { appointmentId: visit.id },
    record: CLOCK,
    base: {},
    local: { timerId: timer.id },
    label: carOf(visit),
  };
}
/** Takes a start back that was a mistake: as if the clock had never run. */
export function takeBackStart(timer: Timer, label: string): NewOperation {
  return {
    kind: 'undoStart',
    method: 'POST',
    url: `/api/tech/timers/${timer.id}/take-back`,
    body: { takenBackAt: now(timer.startedAt) },
    about: { appointmentId: timer.appointmentId },
    record: CLOCK,
    base: {},
    local: { timerId: timer.id },
    label,
  };
}
/** Stops a clock on a job that is no longer in one's day. */
export function stopElsewhere(timer: Timer, pauseReason: string | null, label: string): NewOperation {
  const stoppedAt = now(timer.startedAt);
  return {
    kind: 'stopTimer',
    method: 'POST',
    url: `/api/tech/timers/${timer.id}/stop`,
    body: pauseReason === null ? { stoppedAt } : { stoppedAt, pauseReason },
    about: { appointmentId: timer.appointmentId },
    record: CLOCK,
    base: {},
    local: { timerId: timer.id },
    label,
  };
}
