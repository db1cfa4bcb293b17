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
/** Stops a clock, of a job in one's day or not; `label` names its car. */
export function stopTimer(timer: Timer, pauseReason: string | null, label: string): NewOperation {
  const stoppedAt = now(timer.startedAt);
  const body = pauseReason === null ? { stoppedAt } : { stoppedAt, pauseReason };
  return ended('stopTimer', 'stop', timer, body, label);
}
/** Takes a start back that was a mistake: as if the clock had never run. */
export function takeBackStart(timer: Timer, label: string): NewOperation {
  return ended('undoStart', 'take-back', timer, { takenBackAt: now(timer.startedAt) }, label);
}

function ended(kind: 'stopTimer' | 'undoStart', how: 'stop' | 'take-back', timer: Timer, body: NewOperation['body'], label: string): NewOperation {
  return {
    kind,
    method: 'POST',
    url: `/api/tech/timers/${timer.id}/${how}`,
    body,
    about: { appointmentId: timer.appointmentId },
    record: CLOCK,
    base: {},
    local: { timerId: timer.id },
    label,
  };
}
