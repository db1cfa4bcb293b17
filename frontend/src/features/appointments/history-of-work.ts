import '@/i18n/late/history';
import { t, wordFor } from '@/i18n/t';
import type { HistoryEntry } from '@/types';
import { valueWords } from './value-words';

const MINUTE = 60_000;

/** What was done with the car, mostly from the tablet: inspections, photos, the odometer, clocks, checks. */
interface Told {
  did: string;
  lines: string[];
}

/** When it was, where a device told later than it happened: the entry itself says when the shop heard of it. */
function when(field: string, { at, changes }: HistoryEntry, zone: string): string[] {
  const told = changes[field]?.[1];
  if (typeof told !== 'string' || Math.abs(Date.parse(told) - Date.parse(at)) < MINUTE) return [];
  return [t('history.happened', { when: valueWords(field, told, zone, { toldAt: at }) })];
}

/** An entry about the car's inspections or the work on it; null for any other. */
export function historyOfWork(entry: HistoryEntry, zone: string): Told | null {
  const { action, changes, subject } = entry;
  const name = subject ?? '';
  const note = changes.note?.[1];
  switch (action) {
    case 'photo.stored':
      return { did: t('history.did.photo.stored', { count: Number(changes.photos?.[1] ?? 1), name }), lines: [] };
    case 'vehicle.odometer': {
      const [before, after] = changes.mileage ?? [null, null];
      if (typeof after !== 'number') return { did: t('history.did.odometer.cleared'), lines: [] };
      return { did: t('history.did.odometer', { miles: after }), lines: typeof before === 'number' ? [t('history.odometer.before', { miles: before })] : [] };
    }
    case 'work.started':
      return { did: name ? t('history.did.work.started.on', { name }) : t('history.did.work.started'), lines: when('startedAt', entry, zone) };
    case 'work.stopped': {
      const reason = wordFor(`history.pause.${String(changes.pauseReason?.[1])}`);
      return { did: name ? t('history.did.work.stopped.on', { name }) : t('history.did.work.stopped'), lines: [...(reason ? [reason] : []), ...when('stoppedAt', entry, zone)] };
    }
    case 'work.checked': {
      const kind = changes.kind?.[1] === 'quality' ? 'quality' : 'test_drive';
      return {
        did: t(`history.did.check.${kind}.${changes.isPassed?.[1] === true ? 'passed' : 'failed'}`),
        lines: typeof note === 'string' && note ? [t('history.quote', { words: note })] : [],
      };
    }
    case 'inspection.started':
    case 'inspection.deleted':
      return { did: t(`history.did.${action}`, { name }), lines: [] };
    case 'inspection.submitted':
      return { did: t('history.did.inspection.submitted', { name }), lines: when('submittedAt', entry, zone) };
    case 'inspection.sent':
      return { did: t(changes.sentAt?.[0] ? 'history.did.inspection.sent.again' : 'history.did.inspection.sent', { name }), lines: [] };
    case 'inspection.changed': {
      if (!changes.holder) return { did: t('history.did.inspection.reopened', { name }), lines: [] };
      const [before] = changes.holder;
      return { did: t('history.did.inspection.taken', { name }), lines: typeof before === 'string' ? [t('history.taken.from', { before })] : [] };
    }
    default:
      return null;
  }
}
