/** How long was worked on a visit, by whom, against the hours that were sold. Pure. */
import { HOUR } from '@/lib/time';
import type { Timer, Visit } from '@/offline/types';

const isOf = (timer: Timer, userId: string): boolean => timer.userId === undefined || timer.userId === userId;

/** Milliseconds that a stretch has lasted; one that runs lasts until now. */
export function lasted({ startedAt, stoppedAt }: Timer, now: number): number {
  return Math.max(0, (stoppedAt === null ? now : Date.parse(stoppedAt)) - Date.parse(startedAt));
}
const sum = (timers: readonly Timer[], now: number): number => timers.reduce((total, one) => total + lasted(one, now), 0);

export interface Worked {
  own: number;
  everybody: number;
  /** On each job, by its id: everybody's. */
  byJob: ReadonlyMap<string, number>;
}
/** Milliseconds of work on a visit: one's own, and everybody's. */
export function workedOn(visit: Visit, running: Timer | null, userId: string, now: number): Worked {
  const timers = running?.appointmentId === visit.id ? [...visit.timers.filter((one) => one.id !== running.id), running] : visit.timers;
  const byJob = new Map<string, number>();
  for (const one of timers) if (one.jobId !== null) byJob.set(one.jobId, (byJob.get(one.jobId) ?? 0) + lasted(one, now));
  return { own: sum(timers.filter((one) => isOf(one, userId)), now), everybody: sum(timers, now), byJob };
}

/** Hours sold on a visit's jobs; null where none are. */
export function soldOn(visit: Visit): number | null {
  const hours = visit.jobs.flatMap((job) => (job.hours === null ? [] : [Number(job.hours)]));
  return hours.length > 0 ? hours.reduce((total, one) => total + one, 0) : null;
}
export const inHours = (milliseconds: number): string => (milliseconds / HOUR).toFixed(1);

/** The person said of their last stretch that the work is done: it is not what comes next, until an advisor moves it. */
export function isFinishedBy(visit: Visit, userId: string): boolean {
  const last = visit.timers.filter((one) => isOf(one, userId)).sort((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt)).at(-1);
  return last !== undefined && last.stoppedAt !== null && last.pauseReason === null;
}
