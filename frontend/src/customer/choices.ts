import { MOST_CENTS, readCents } from '@/lib/amounts';
import { moneyText } from '@/lib/money';
import type { Job } from './api';
import { say } from './say';

/** Jobs of which one is done, or a job alone. */
export interface Group {
  key: string;
  jobs: Job[];
}

/** What the customer is about to say to a group. */
export interface Pick {
  jobId: string;
  decision: 'approved' | 'declined';
  reason: string;
  deferredUntil: string | null;
}
export type Picks = Readonly<Record<string, Pick>>;

export function groupsOf(jobs: readonly Job[]): Group[] {
  const groups = new Map<string, Group>();
  for (const job of jobs) {
    const key = job.choiceId ?? job.id;
    const group = groups.get(key) ?? { key, jobs: [] };
    group.jobs.push(job);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** The alternative that a group stands for: the one that is approved or was offered first. */
export function chosenOf(group: Group): Job {
  const [first] = group.jobs;
  const found = group.jobs.find((job) => job.isChosen) ?? first;
  if (!found) throw new Error('a group has a job');
  return found;
}

/** Whether the customer can still say something to it: an approved job only the shop takes back, and one without a price waits for it. */
export function isOpen(group: Group): boolean {
  const chosen = chosenOf(group);
  return chosen.approval !== 'approved' && !chosen.isChanged && group.jobs.some((job) => job.isPriced);
}

/** Whether its price is still to come: there is nothing to decide, but something to ask. */
export function awaitsPrice(group: Group): boolean {
  return chosenOf(group).approval === 'pending' && group.jobs.every((job) => !job.isPriced);
}

/** The jobs that are about to be approved. */
export function approving(groups: readonly Group[], picks: Picks): Job[] {
  return groups.flatMap((group) => {
    const pick = picks[group.key];
    return pick?.decision === 'approved' ? group.jobs.filter((job) => job.id === pick.jobId) : [];
  });
}

/** What approving these comes to, in cents: whole numbers of the server, only added up. */
export function sumOf(jobs: readonly Job[]): number {
  return jobs.reduce((sum, job) => sum + job.totalCents, 0);
}

/** Of what was picked, what can still be said: the shop may have changed or taken away a job meanwhile. */
export function keptPicks(picks: Picks, groups: readonly Group[]): Picks {
  return Object.fromEntries(
    groups.flatMap((group) => {
      const pick = picks[group.key];
      return pick && isOpen(group) && group.jobs.some((job) => job.id === pick.jobId && job.isPriced) ? [[group.key, pick]] : [];
    }),
  );
}

/** An answer that was sent: which job was approved or declined. */
export type Sent = readonly Pick[];

/** Whether everything that was answered still stands so: the shop may have taken an approval back since. */
export function stillStands(sent: Sent, jobs: readonly Job[]): boolean {
  return sent.every(({ jobId, decision }) => jobs.some((job) => job.id === jobId && job.approval === decision && !job.isChanged));
}

/** Groups that are declined without a word why. */
export function withoutReason(groups: readonly Group[], picks: Picks): Group[] {
  return groups.filter(({ key }) => picks[key]?.decision === 'declined' && !picks[key].reason.trim());
}

/** Where the reason of a group is asked for. */
export const reasonId = (key: string): string => `why-${key}`;

/** A limit as people type it: in cents, null for none, or what is wrong with it. */
export function capOf(text: string, currency: string): { cents: number | null } | { fault: string } {
  const read = text.trim() ? readCents(text, { least: 1 }) : null;
  return read === null || typeof read === 'number' ? { cents: read } : { fault: say(`visit.sign.cap.${read}`, { most: moneyText(MOST_CENTS, currency) }) };
}
