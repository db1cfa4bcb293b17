/** What a job's last step tells its customer, word for word, while it can still be taken back. */
import '@/i18n/late/messages';
import { api } from '@/api';
import { t } from '@/i18n/t';
import type { JobText, Page } from '@/types';
import { fieldNames, verdictWords } from './message-words';

/** The text in one sentence: what leaves, or why nothing does; null for a step that asks first, or tells nothing. */
export function leavingWords(text: JobText | undefined, zone: string): string | null {
  if (!text || text.loudness !== 'loud') return null;
  const { verdict, missing } = text;
  if (missing.length > 0) return t('leaving.missing', { fields: fieldNames(missing) });
  if (verdict.kind === 'refused') return t('leaving.refused', { verdict: verdictWords(verdict, zone) });
  const body = text.text ?? t('planned.withheld');
  // Held for a moment only so that it can be taken back: that is what the button beside it says.
  const waits = verdict.kind === 'held' && verdict.reason !== 'requested_later';
  return waits ? t('leaving.held', { verdict: verdictWords(verdict, zone), text: body }) : t('leaving.text', { text: body });
}

/** The text that a step proposes, and when it would go; null where it proposes none, or none that may be sent. */
export function askedWords(text: JobText | undefined, zone: string): string | null {
  if (!text || text.loudness !== 'ask' || (text.state !== 'planned' && text.state !== 'proposed')) return null;
  const { verdict, missing } = text;
  if (missing.length > 0 || verdict.kind === 'refused' || text.text === null) return null;
  const waits = verdict.kind === 'held' && verdict.until !== null;
  return waits ? t('leaving.held', { verdict: verdictWords(verdict, zone), text: text.text }) : t('leaving.asked', { text: text.text });
}

/** Asks what a job's last step tells; undefined for nothing. */
export async function readLeaving(appointmentId: string): Promise<JobText | undefined> {
  const { items } = await api.get<Page<JobText>>(`/api/appointments/${appointmentId}/texts/leaving`);
  return items[0];
}
