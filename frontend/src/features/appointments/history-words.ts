import '@/i18n/late/history';
import { hasWord, t, wordFor } from '@/i18n/t';
import { moneyText } from '@/lib/money';
import type { HistoryEntry } from '@/types';
import { historyOfWork } from './history-of-work';
import { fieldWords, valueWords } from './value-words';

const ORDER = ['customerName', 'vehicle', 'plate', 'title', 'notes', 'start', 'end', 'techName', 'bayName', 'promisedAt', 'keyTag', 'visitType'];
const PROSE = new Set(['title', 'notes', 'overbookReason', 'name', 'description', 'note', 'declineReason', 'discountReason']);
/** Whose first values are all of it, so that what it is not is no news. */
const NEW = new Set(['appointment.scheduled', 'job.created', 'job.revived', 'line.created', 'payment.recorded', 'payment.refunded', 'payment.voided']);

export interface Shop {
  zone: string;
  currency: string;
}

function inReadingOrder(changes: HistoryEntry['changes']): [string, [unknown, unknown]][] {
  const rank = (field: string): number => (ORDER.includes(field) ? ORDER.indexOf(field) : ORDER.length);
  return Object.entries(changes).sort(([a], [b]) => rank(a) - rank(b));
}

/** A value in words; what people wrote stands in quotation marks. */
function quoted(field: string, value: unknown, { zone, currency }: Shop, toldAt: string): string {
  if (field.endsWith('Cents') && typeof value === 'number') return moneyText(value, currency);
  const words = valueWords(field, value, zone, { toldAt });
  return words && PROSE.has(field) ? t('history.quote', { words }) : words;
}

/** What was done to the invoice, by its number, and by its version from the second on. */
function didToInvoice({ action, changes }: HistoryEntry): string | null {
  const [before, after] = changes.invoiceNumber ?? [];
  if (action === 'appointment.unlocked') return t('history.invoice.unlocked', { number: String(before ?? '') });
  if (action !== 'appointment.locked') return null;
  const version = Number(changes.versionNo?.[1] ?? 1);
  return t(version > 1 ? 'history.invoice.locked.again' : 'history.invoice.locked', { number: String(after ?? ''), version });
}

/** What somebody asked, answered or chose; null where a job was changed in another way. */
function didToJob({ action, subject, changes }: HistoryEntry): string | null {
  if (action !== 'job.changed') return null;
  const name = subject ?? '';
  const asked = changes.askedAt?.[1] ?? changes.askedAgainAt;
  const answered = changes.askedAt?.[0] ?? changes.answeredAgainAt;
  if (asked) return t('history.asked', { name });
  if (answered) return t('history.answered', { name });
  if (!changes.isChosen) return null;
  return t(changes.isChosen[1] ? 'history.chose' : 'history.replaced', { name });
}

/** What was done to the work or the money; null where the visit itself was changed. */
function didToWork(entry: HistoryEntry, currency: string): string | null {
  const { entity, action, subject, changes, actorKind } = entry;
  if (entity === 'appointment') return didToInvoice(entry);
  const name = subject ?? '';
  const decided = changes.approval?.[1];
  const cents = changes.amountCents?.[1];
  const amount = typeof cents === 'number' ? moneyText(Math.abs(cents), currency) : '';
  if (action === 'approval.recorded' && typeof decided === 'string') {
    const said = wordFor(`history.${actorKind === 'customer' ? 'said' : 'recorded'}.${decided}`, { name });
    return [said, decided === 'approved' ? amount : null, wordFor(`history.via.${String(changes.saidVia?.[1])}`)].filter(Boolean).join(', ');
  }
  const method = wordFor(`history.method.${String(changes.method?.[1])}`) ?? '';
  const version = String(changes.versionNo?.[1] ?? '');
  if (action === 'payment.recorded' && actorKind === 'customer') return t('history.paid', { amount, method });
  if (action === 'estimate.published' && changes.isSpoken) return t('history.told', { version });
  return didToJob(entry) ?? wordFor(`history.did.${action}`, { name, amount, method, version });
}

/** Fields whose words stand by themselves, without the name of a field. */
function plainLine(field: string, value: unknown): string | null {
  if (field === 'question' || field === 'answer') return t('history.quote', { words: String(value) });
  if (field === 'declineReason' && value) return t('history.because', { reason: String(value) });
  if (field !== 'unapprovedJobs' || !Array.isArray(value)) return null;
  return t('history.unapproved', { jobs: value.map((name) => t('history.quote', { words: String(name) })).join(', ') });
}

function saysNothing(field: string, value: unknown): boolean {
  return value === false || value === null || value === 0 || (field === 'quantity' && value === '1');
}

function wordOf(field: string, isAboutWork: boolean): string | null {
  return (isAboutWork ? wordFor(`history.field.${field}`) : null) ?? fieldWords(field);
}

/** What someone did, in one phrase, and each changed field in a line of its own. */
export function historyWords(entry: HistoryEntry, shop: Shop): { did: string; lines: string[] } {
  const { status, ...rest } = entry.changes;
  const { zone } = shop;
  const ofWork = historyOfWork(entry, zone);
  if (ofWork) return ofWork;
  const key = `history.action.${entry.action}`;
  const isNew = NEW.has(entry.action);
  const work = didToWork(entry, shop.currency);
  const did = work !== null
    ? work
    : status && !isNew
      ? t('history.status', { from: valueWords('status', status[0], zone), to: valueWords('status', status[1], zone) })
      : hasWord(key)
        ? t(key)
        : entry.action;
  const lines: string[] = [];
  // Reordering says enough by itself; a new job's first values are the job.
  if (entry.action !== 'appointment.moved') {
    for (const [field, [before, after]] of inReadingOrder(rest)) {
      // What a new job simply is not is no news, nor is a name that was said already.
      if (isNew && (saysNothing(field, after) || (work !== null && field === 'name'))) continue;
      // The number stands in what was done; a note that is the reason stands there.
      if ((field === 'invoiceNumber' && work !== null) || (field === 'note' && after === entry.reason)) continue;
      const plain = plainLine(field, after);
      if (plain) lines.push(plain);
      const name = plain ? null : wordOf(field, work !== null);
      if (!name) continue;
      const from = quoted(field, before, shop, entry.at);
      const to = quoted(field, after, shop, entry.at);
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
