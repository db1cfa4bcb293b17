import { HOUR, MINUTE, localDate, localTime, toInstant } from '@/lib/time';
import type { CustomerListItem, NewAppointment } from '@/types';
import { gapWords, isSecondTime } from './FoldChoice';
import type { VisitorDraft } from './who';
import { visitorOf } from './who';

export interface NewDraft extends VisitorDraft {
  title: string;
  date: string;
  time: string;
  /** Where the clocks go back over the time: the second of the two. */
  isLater: boolean;
  /** Minutes. */
  length: number;
  techId: string;
  bayId: string;
  promisedDate: string;
  promisedTime: string;
  keyTag: string;
  notes: string;
  isWaiting: boolean;
  checkIn: boolean;
  /** The customer was told what texts they would get, and agreed. */
  agrees: boolean;
  /** The person set the start; else it is the moment of opening. */
  isTimed: boolean;
}

/** Lengths offered, in minutes. */
export const LENGTHS: readonly number[] = [15, 30, 45, 60, 90, 120, 180, 240, 480];

/** A fresh form: a walk-in now, for an hour; on the day to come that is looked at, with its time to be said; or what another page knew. */
export function emptyDraft(zone: string, now: number, preset: URLSearchParams): NewDraft {
  const start = preset.get('newStart');
  const end = preset.get('newEnd');
  const at = start ? Date.parse(start) : now;
  // A day that is over, and today, are for who stands at the counter.
  const asked = start ? null : preset.get('day');
  const day = asked && asked > localDate(now, zone) && /^\d{4}-\d{2}-\d{2}$/.test(asked) ? asked : null;
  const length = start && end ? Math.round((Date.parse(end) - Date.parse(start)) / MINUTE) : 60;
  return {
    who: { kind: 'typed', text: '', as: 'name' },
    phone: '',
    vehicleId: preset.get('newVehicleId'),
    vehicleWords: '',
    plate: '',
    title: '',
    date: day ?? localDate(at, zone),
    time: day ? '' : localTime(at, zone),
    isLater: start !== null && isSecondTime(start, localDate(at, zone), localTime(at, zone), zone),
    length,
    techId: preset.get('newTechId') ?? '',
    bayId: preset.get('newBayId') ?? '',
    promisedDate: '',
    promisedTime: '',
    keyTag: '',
    notes: '',
    isWaiting: false,
    checkIn: false,
    agrees: false,
    isTimed: start !== null || day !== null,
  };
}

/** The draft with its customer: their only car is meant until another one is chosen. */
export function withCustomer(draft: NewDraft, customer: CustomerListItem): NewDraft {
  const first = customer.vehicles[0]?.id ?? null;
  const isTheirs = customer.vehicles.some((one) => one.id === draft.vehicleId);
  return { ...draft, who: { kind: 'known', customer }, vehicleId: isTheirs ? draft.vehicleId : first, plate: '', vehicleWords: '', agrees: false };
}

/** `gap` and `promisedGap`: the clocks skip the time of the start, or the promised one. */
export type Missing = 'who' | 'time' | 'gap' | 'promisedGap';
export type NewResult = { body: NewAppointment } | { missing: Missing };

/** The request; or what is missing. An untouched start is left to the server's clock. */
export function toRequest(draft: NewDraft, locationId: string, zone: string): NewResult {
  const visitor = visitorOf(draft);
  if (!visitor) return { missing: 'who' };
  if (draft.isTimed && (!draft.date || !draft.time)) return { missing: 'time' };
  if (draft.isTimed && gapWords(draft.date, draft.time, zone)) return { missing: 'gap' };
  if (promisedGap(draft, zone)) return { missing: 'promisedGap' };
  const body: NewAppointment = { locationId, ...visitor };
  if (draft.isTimed) {
    const found = toInstant(draft.date, draft.time, zone);
    const start = found.kind === 'fold' && draft.isLater ? found.later : found.instant;
    body.start = start;
    body.end = new Date(Date.parse(start) + draft.length * MINUTE).toISOString();
  } else if (draft.length * MINUTE !== HOUR) {
    const start = Math.floor(Date.now() / MINUTE) * MINUTE;
    body.start = new Date(start).toISOString();
    body.end = new Date(start + draft.length * MINUTE).toISOString();
  }
  if (draft.promisedTime) body.promisedAt = toInstant(draft.promisedDate || draft.date, draft.promisedTime, zone).instant;
  for (const name of ['title', 'notes', 'keyTag', 'techId', 'bayId'] as const) {
    const value = draft[name].trim();
    if (value) body[name] = value;
  }
  if (draft.isWaiting) body.isWaiting = true;
  if (draft.checkIn) body.checkIn = true;
  return { body };
}

/** The number of whom the job is for, as it is known; empty without one. */
export function phoneOf({ who, phone }: NewDraft): string {
  if (who.kind === 'known') return who.customer.phone ?? '';
  return who.as === 'name' && who.text.trim() ? phone.trim() : '';
}

/** Says of a promised time that it does not exist; null of any other. */
export function promisedGap(draft: NewDraft, zone: string): string | null {
  return gapWords(draft.promisedDate || draft.date, draft.promisedTime, zone);
}

let kept: { draft: NewDraft; owner: string } | null = null;

/**
 * A form that was closed by Escape or a press beside it comes back as it was; Cancel and success forget it. It belongs to
 * one person at one location: its names are theirs, its technician, bay and times are the location's.
 */
export const keptDraft = {
  read: (owner: string): NewDraft | null => {
    // Whoever else asks ends it: on a shared tablet nothing of the one before stays.
    if (kept?.owner !== owner) kept = null;
    return kept?.draft ?? null;
  },
  keep: (owner: string, draft: NewDraft | null): void => {
    kept = draft && { owner, draft };
  },
};
