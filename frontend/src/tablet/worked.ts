/** How long was worked on a visit, by whom, against the hours that were sold. Pure. */
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { HOUR, MINUTE, spanWords } from '@/lib/time';
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

/** Hours on a visit's jobs: sold is what the customer has approved, null where no job has hours; offered is what waits for their word. */
export function hoursOn(visit: Visit): { sold: number | null; offered: number } {
  const timed = visit.jobs.filter((job) => job.hours !== null);
  const sum = (isSold: boolean): number => timed.filter((job) => (job.approval === 'approved') === isSold).reduce((total, job) => total + Number(job.hours), 0);
  return { sold: timed.length > 0 ? sum(true) : null, offered: sum(false) };
}
/** How long a clock has run, in words: `Running 12 min`, `Just started`. */
export function runningWords(timer: Timer, now: number): string {
  const span = lasted(timer, now);
  return span < MINUTE ? t('tablet.clock.running.new') : t('tablet.clock.running', { span: spanWords(span) });
}
export const inHours = (milliseconds: number): string => (milliseconds / HOUR).toFixed(1);

function lastOf(visit: Visit, userId: string): Timer | undefined {
  return visit.timers.filter((one) => isOf(one, userId)).sort((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt)).at(-1);
}

export type Arrival = 'part' | 'approval' | 'work';
/** What has come for a visit since the person last had their hands on it; it stands there until they have them on it again. */
export function arrivalsOn(visit: Visit, userId: string): Arrival[] {
  const last = lastOf(visit, userId);
  const left = last ? Date.parse(last.stoppedAt ?? last.startedAt) : -Infinity;
  // Clocks are told to the second.
  const isNew = (at: string | null | undefined): boolean => Boolean(at) && Math.floor(Date.parse(String(at)) / 1_000) * 1_000 > left;
  const isMore = last !== undefined && visit.jobs.some((job) => job.approval === 'approved' && isNew(job.decidedAt));
  return [
    ...(!visit.needsPart && isNew(visit.partHereAt) ? (['part'] as const) : []),
    ...(isMore ? (['work'] as const) : !visit.needsApproval && isNew(visit.approvalHereAt) ? (['approval'] as const) : []),
  ];
}

/** The person said of their last stretch that the work is done: it is not what comes next, until something has come for it. */
export function isFinishedBy(visit: Visit, userId: string): boolean {
  const last = lastOf(visit, userId);
  return last !== undefined && last.stoppedAt !== null && last.pauseReason === null && arrivalsOn(visit, userId).length === 0;
}
