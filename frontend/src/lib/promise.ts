/** What has become of a job's promised time, in words that are true for the state that the job is in. */
import { t } from '@/i18n/t';
import type { Status } from '@/types';
import type { PromiseTone } from './time';
import {
  MINUTE,
  daysBetween,
  formatDay,
  formatMonthDay,
  formatRelativeDay,
  formatTime,
  formatWeekday,
  localDate,
  promiseWords,
  shortSpan,
} from './time';

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

/** What there is to say of a car that is ready: it waits for the promised time, was late, or has been ready since. */
export function readyKind({ promisedAt, statusSince }: Promised, now: number): 'for' | 'late' | 'since' {
  if (promisedAt === null) return 'since';
  const left = Date.parse(promisedAt) - Date.parse(statusSince);
  if (left <= -MINUTE) return 'late';
  return Date.parse(promisedAt) > now ? 'for' : 'since';
}

function readyWords(job: Promised, now: number, zone: string): { tone: PromiseTone; words: string } {
  const kind = readyKind(job, now);
  const ready = Date.parse(job.statusSince);
  const promise = Date.parse(job.promisedAt ?? job.statusSince);
  if (kind === 'late') return { tone: 'missed', words: t('promise.ready.late', { span: shortSpan(ready - promise) }) };
  if (kind === 'for') return { tone: 'far', words: t('promise.ready.for', { time: shortWhen(promise, now, zone) }) };
  // A car that nobody collected on its day is worth a call.
  const tone = localDate(ready, zone) < localDate(now, zone) ? 'soon' : 'far';
  return { tone, words: t('promise.ready.since', { time: shortWhen(ready, now, zone) }) };
}

/** `4:30 PM`, `yesterday`, `Wed`, `Nov 2`: short enough for a card. */
function shortWhen(instant: number, now: number, zone: string): string {
  const [day, today] = [localDate(instant, zone), localDate(now, zone)];
  const days = daysBetween(today, day);
  if (days === 0) return formatTime(instant, zone);
  if (days === -1) return smallDay(day, today);
  return Math.abs(days) < 7 ? formatWeekday(day) : formatMonthDay(day);
}

/** `yesterday`, `tomorrow`, `today`, within a sentence; a weekday keeps its capital. */
export function smallDay(day: string, today: string): string {
  const words = formatRelativeDay(day, today);
  return words === formatDay(day) ? words : words.toLowerCase();
}
