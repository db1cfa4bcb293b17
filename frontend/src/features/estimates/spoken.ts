import '@/i18n/late/estimates';
import { t } from '@/i18n/t';
import { groupAlternatives } from '@/lib/alternatives';
import { centsFault } from '@/lib/amount-words';
import { parseCents } from '@/lib/amounts';
import { isPhone } from '@/lib/phone';
import { toInstant } from '@/lib/time';
import type { EstimateAnswer, Job, RecordAnswers } from '@/types';

/** What was said to a job, or to alternatives of which one is done: `jobId` is the one that it is about. */
export interface Said {
  jobId: string;
  decision: '' | 'approved' | 'declined';
  reason: string;
}

/** What the customer said, as somebody types it; day and time are the shop's, amounts in its currency. */
export interface Spoken {
  method: 'phone' | 'in_person';
  /** By job, of alternatives by their choice: two of them are never approved together. */
  answers: Readonly<Record<string, Said>>;
  person: string;
  phone: string;
  day: string;
  time: string;
  parts: string;
  labor: string;
  total: string;
  cap: string;
  words: string;
}

/** Jobs as one speaks of them: alternatives together, the one that counts first. */
export function spokenGroups(jobs: readonly Job[]): Job[][] {
  return groupAlternatives(jobs).map((group) => group.toSorted((one, other) => Number(other.isChosen) - Number(one.isChosen)));
}

const saidOnes = (said: Spoken): [string, Said][] => Object.entries(said.answers).filter(([, { decision }]) => decision !== '');

export function answersOf(said: Spoken): EstimateAnswer[] {
  return saidOnes(said).flatMap(([, { jobId, decision, reason }]) =>
    decision === '' ? [] : [{ jobId, decision, ...(decision === 'declined' ? { reason: reason.trim() } : {}) }],
  );
}

const FIELDS: Record<string, string> = {
  person: 'person',
  phone: 'phone',
  saidAt: 'saidAt',
  answers: 'answers',
  words: 'words',
  spendingCapCents: 'cap',
  addedPartsCents: 'addedParts',
  addedLaborCents: 'addedLabor',
  newTotalCents: 'newTotal',
};

/** What the server refused, by the field of the form; what has none here is told at its foot. */
export function refusalsOf(fields: Readonly<Record<string, readonly string[]>>, said: Spoken): Record<string, string> {
  const keys = saidOnes(said).map(([key]) => key);
  return Object.fromEntries(
    Object.entries(fields).map(([name, [words = '']]) => {
      const [, at, part] = /^answers\.(\d+)\.(\w+)$/.exec(name) ?? [];
      const key = at === undefined ? undefined : keys[Number(at)];
      return [key ? `${key}.${part === 'reason' ? 'reason' : 'decision'}` : (FIELDS[name] ?? 'form'), words];
    }),
  );
}

const ERRORS: Partial<Record<keyof Spoken, string>> = { parts: 'addedParts', labor: 'addedLabor', total: 'newTotal', day: 'saidAt', time: 'saidAt' };

/** The refusals that still stand after a change: none of what was changed. */
export function withoutChanged(errors: Readonly<Record<string, string>>, part: Partial<Spoken>): Record<string, string> {
  const changed = Object.keys(part).map((name) => ERRORS[name as keyof Spoken] ?? name);
  const isOver = (name: string): boolean => name === 'form' || changed.includes(name) || (changed.includes('answers') && name.includes('.'));
  return Object.fromEntries(Object.entries(errors).filter(([name]) => !isOver(name)));
}

const asksForSums = (said: Spoken): boolean => said.method === 'phone' && answersOf(said).some((one) => one.decision === 'approved');

function momentOf(said: Spoken, zone: string): string | null {
  if (!said.day || !said.time) return null;
  const found = toInstant(said.day, said.time, zone);
  return found.kind === 'gap' ? null : found.instant;
}

/** An answer is recorded soon after it was given; a clock may be a little ahead. Both as the server has them. */
const LONGEST_AGO = 31 * 24 * 3600_000;
const CLOCKS_DIFFER = 5 * 60_000;

/** What was typed and is wrong, by field; what is still empty is not. */
export function wrongOf(said: Spoken, zone: string, now: number): Record<string, string> {
  const moment = Date.parse(momentOf(said, zone) ?? '');
  const amounts = { ...(asksForSums(said) ? { addedParts: said.parts, addedLabor: said.labor, newTotal: said.total } : {}), cap: said.cap };
  const wrong: Record<string, string | undefined> = {
    phone: said.method === 'phone' && said.phone.trim() && !isPhone(said.phone) ? t('estimate.record.need.number') : undefined,
    saidAt: moment > now + CLOCKS_DIFFER || moment < now - LONGEST_AGO ? t('estimate.record.need.past') : undefined,
    ...Object.fromEntries(Object.entries(amounts).map(([field, typed]) => [field, typed.trim() ? centsFault(typed, { least: field === 'cap' ? 1 : 0 }) : undefined])),
  };
  return Object.fromEntries(Object.entries(wrong).filter((one): one is [string, string] => one[1] !== undefined));
}

/** What is missing or wrong, by field: nothing is sent with it, and the server would not take it. */
export function needsOf(said: Spoken, zone: string, now: number): Record<string, string> {
  const needs: Record<string, string> = wrongOf(said, zone, now);
  const answers = answersOf(said);
  if (answers.length === 0) needs.answers = t('estimate.record.need.answers');
  for (const [key, one] of saidOnes(said)) if (one.decision === 'declined' && !one.reason.trim()) needs[`${key}.reason`] = t('estimate.record.need');
  if (!said.person.trim()) needs.person = t('estimate.record.need');
  if (said.method === 'phone' && !said.phone.trim()) needs.phone = t('estimate.record.need');
  if (momentOf(said, zone) === null) needs.saidAt = t('estimate.record.need.time');
  if (asksForSums(said)) {
    const amounts = { addedParts: said.parts, addedLabor: said.labor, newTotal: said.total };
    for (const [field, typed] of Object.entries(amounts)) if (!typed.trim()) needs[field] = centsFault(typed) ?? '';
  }
  return needs;
}

export function requestOf(said: Spoken, zone: string): RecordAnswers {
  const amount = (name: 'addedPartsCents' | 'addedLaborCents' | 'newTotalCents' | 'spendingCapCents', typed: string) => {
    const cents = parseCents(typed);
    return cents === null ? {} : { [name]: cents };
  };
  return {
    method: said.method,
    person: said.person.trim(),
    saidAt: momentOf(said, zone) ?? '',
    answers: answersOf(said),
    ...(said.method === 'phone' ? { phone: said.phone.trim() } : {}),
    ...(said.words.trim() ? { words: said.words.trim() } : {}),
    ...(asksForSums(said) ? { ...amount('addedPartsCents', said.parts), ...amount('addedLaborCents', said.labor), ...amount('newTotalCents', said.total) } : {}),
    ...amount('spendingCapCents', said.cap),
  };
}
