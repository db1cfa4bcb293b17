import '@/i18n/late/estimates';
import { t } from '@/i18n/t';
import { parseCents } from '@/lib/amounts';
import { toInstant } from '@/lib/time';
import type { EstimateAnswer, RecordAnswers } from '@/types';

export interface Said {
  decision: '' | 'approved' | 'declined';
  reason: string;
}

/** What the customer said, as somebody types it; day and time are the shop's, amounts in its currency. */
export interface Spoken {
  method: 'phone' | 'in_person';
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

export function answersOf(said: Spoken): EstimateAnswer[] {
  return Object.entries(said.answers).flatMap(([jobId, { decision, reason }]) =>
    decision === '' ? [] : [{ jobId, decision, ...(decision === 'declined' ? { reason: reason.trim() } : {}) }],
  );
}

const asksForSums = (said: Spoken): boolean => said.method === 'phone' && answersOf(said).some((one) => one.decision === 'approved');

function momentOf(said: Spoken, zone: string): string | null {
  if (!said.day || !said.time) return null;
  const found = toInstant(said.day, said.time, zone);
  return found.kind === 'gap' ? null : found.instant;
}

/** What is missing, by field: nothing is sent without it, and the server would not take it. */
export function needsOf(said: Spoken, zone: string): Record<string, string> {
  const needs: Record<string, string> = {};
  const answers = answersOf(said);
  if (answers.length === 0) needs.answers = t('estimate.record.need.answers');
  for (const one of answers) if (one.decision === 'declined' && !one.reason) needs[`${one.jobId}.reason`] = t('estimate.record.need');
  if (!said.person.trim()) needs.person = t('estimate.record.need');
  if (said.method === 'phone' && !said.phone.trim()) needs.phone = t('estimate.record.need');
  if (momentOf(said, zone) === null) needs.saidAt = t('estimate.record.need.time');
  if (asksForSums(said)) {
    const amounts = { addedParts: said.parts, addedLabor: said.labor, newTotal: said.total };
    for (const [field, typed] of Object.entries(amounts)) if (parseCents(typed) === null) needs[field] = t('estimate.record.need.amount');
  }
  if (said.cap.trim() && parseCents(said.cap) === null) needs.cap = t('estimate.record.need.amount');
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
