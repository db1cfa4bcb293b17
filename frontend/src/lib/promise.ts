/** What has become of a job's promised time, in words that are true for the state that the job is in. */
import { t } from '@/i18n/t';
import type { Status } from '@/types';
import type { PromiseTone } from './time';
import { MINUTE, formatDay, formatRelativeDay, formatTime, localDate, promiseWords, spanWords } from './time';

interface Promised {
  status: Status;
  promisedAt: string | null;
  /** Since when it has been in this state. */
  statusSince: string;
}

const CLOSED: readonly Status[] = ['COMPLETED', 'CANCELED', 'NO_SHOW'];

/** Whether work that is not done should be: a promise is kept or broken when the car becomes Ready, not when it is collected. */
export function isLate({ status, promisedAt }: Promised, now: number): boolean {
  if (status !== 'SCHEDULED' && status !== 'IN_PROGRESS') return false;
  return promisedAt !== null && Date.parse(promisedAt) - now <= -MINUTE;
}

/** The promise of a job in its state: `40 min late`, `Due in 25 min`, `Ready since yesterday`, `Promised 4:30 PM`. */
export function jobPromise(job: Promised, now: number, zone: string): { tone: PromiseTone; words: string } {
  if (job.status === 'READY') return readyWords(job, now, zone);
  return promiseWords(job.promisedAt, now, zone, CLOSED.includes(job.status));
}

function readyWords({ promisedAt, statusSince }: Promised, now: number, zone: string): { tone: PromiseTone; words: string } {
  const ready = Date.parse(statusSince);
  const today = localDate(now, zone);
  const inWords = (instant: number): string => {
    const day = localDate(instant, zone);
    return day === today ? formatTime(instant, zone) : smallDay(day, today);
  };
  const promise = promisedAt === null ? null : Date.parse(promisedAt);
  // It waits for a customer who was told when to come.
  if (promise !== null && promise > now && promise >= ready) return { tone: 'far', words: t('promise.ready.for', { time: inWords(promise) }) };
  if (promise !== null && ready - promise >= MINUTE) return { tone: 'missed', words: t('promise.ready.late', { span: spanWords(ready - promise) }) };
  // A car that nobody collected on its day is worth a call.
  const tone = localDate(ready, zone) < today ? 'soon' : 'far';
  return { tone, words: t('promise.ready.since', { time: inWords(ready) }) };
}

/** `yesterday`, `tomorrow`, `today`, within a sentence; a weekday keeps its capital. */
export function smallDay(day: string, today: string): string {
  const words = formatRelativeDay(day, today);
  return words === formatDay(day) ? words : words.toLowerCase();
}
