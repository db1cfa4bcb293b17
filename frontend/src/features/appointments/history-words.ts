import { hasWord, t } from '@/i18n/t';
import type { HistoryEntry } from '@/types';
import { fieldWords, valueWords } from './value-words';

/** What someone did, in one phrase, and each changed field in a line of its own. */
export function historyWords(entry: HistoryEntry, zone: string): { did: string; lines: string[] } {
  const { status, ...rest } = entry.changes;
  const key = `history.action.${entry.action}`;
  const did = status
    ? t('history.status', { from: valueWords('status', status[0], zone), to: valueWords('status', status[1], zone) })
    : hasWord(key)
      ? t(key)
      : entry.action;
  const lines: string[] = [];
  // Reordering says enough by itself; a new job's first values are the job.
  if (entry.action !== 'appointment.moved') {
    for (const [field, [before, after]] of Object.entries(rest)) {
      const name = fieldWords(field);
      if (!name) continue;
      const from = valueWords(field, before, zone);
      const to = valueWords(field, after, zone);
      if (to && from) lines.push(t('history.changed', { field: name, from, to }));
      else if (to) lines.push(t('history.set', { field: name, to }));
      else if (from) lines.push(t('history.cleared', { field: name, from }));
    }
  }
  if (entry.reason) lines.push(t('history.because', { reason: entry.reason }));
  return { did, lines };
}
