import { hasWord, t } from '@/i18n/t';
import type { HistoryEntry } from '@/types';
import { fieldWords, valueWords } from './value-words';

const ORDER = ['customerName', 'vehicle', 'plate', 'title', 'notes', 'start', 'end', 'techName', 'bayName', 'promisedAt', 'keyTag', 'visitType'];
const PROSE = new Set(['title', 'notes', 'overbookReason']);

function inReadingOrder(changes: HistoryEntry['changes']): [string, [unknown, unknown]][] {
  const rank = (field: string): number => (ORDER.includes(field) ? ORDER.indexOf(field) : ORDER.length);
  return Object.entries(changes).sort(([a], [b]) => rank(a) - rank(b));
}

/** A value in words; what people wrote stands in quotation marks. */
function quoted(field: string, value: unknown, zone: string, toldAt: string): string {
  const words = valueWords(field, value, zone, { toldAt });
  return words && PROSE.has(field) ? t('history.quote', { words }) : words;
}

/** What someone did, in one phrase, and each changed field in a line of its own. */
export function historyWords(entry: HistoryEntry, zone: string): { did: string; lines: string[] } {
  const { status, ...rest } = entry.changes;
  const key = `history.action.${entry.action}`;
  const isNew = entry.action === 'appointment.scheduled';
  const did = status && !isNew
    ? t('history.status', { from: valueWords('status', status[0], zone), to: valueWords('status', status[1], zone) })
    : hasWord(key)
      ? t(key)
      : entry.action;
  const lines: string[] = [];
  // Reordering says enough by itself; a new job's first values are the job.
  if (entry.action !== 'appointment.moved') {
    for (const [field, [before, after]] of inReadingOrder(rest)) {
      // What a new job simply is not is no news.
      if (isNew && (after === false || after === null)) continue;
      const name = fieldWords(field);
      if (!name) continue;
      const from = quoted(field, before, zone, entry.at);
      const to = quoted(field, after, zone, entry.at);
      // A time moved within its minute has not changed for anybody.
      if (to === from) continue;
      if (to && from) lines.push(t('history.changed', { field: name, from, to }));
      else if (to) lines.push(t('history.set', { field: name, to }));
      else if (from) lines.push(t('history.cleared', { field: name, from }));
    }
  }
  if (entry.reason) lines.push(t('history.because', { reason: entry.reason }));
  return { did, lines };
}
