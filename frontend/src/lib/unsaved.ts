/**
 * What was typed or chosen on a job and has not been saved yet: kept on this device, by person, until the server has it or
 * the person takes it back. It is written down before the request goes out, so that neither a silent server, nor a closed
 * drawer, nor a reload loses it.
 */
import { useSyncExternalStore } from 'react';
import { ApiError } from '@/api';
import type { AppointmentPatch } from '@/types';
import { readStored, writeStored } from './stored';

export interface Unsaved {
  appointmentId: string;
  /** The job's number, to name it by. */
  number: number;
  patch: AppointmentPatch;
  /** The version that stood on the screen when the person began to edit. */
  version: number;
  /** The server's refusal in words: it is not sent again by itself. Null while it waits for the server. */
  refusal: string | null;
}

const NONE: readonly Unsaved[] = [];
const lists = new Map<string, readonly Unsaved[]>();
const listeners = new Set<() => void>();
const STORED = 'unsaved.';
const keyOf = (userId: string): string => STORED + userId;

function isEntry(value: unknown): value is Unsaved {
  const entry = value as Partial<Unsaved> | null;
  return typeof entry?.appointmentId === 'string' && typeof entry.version === 'number' && typeof entry.patch === 'object';
}
function parse(text: string | null): readonly Unsaved[] {
  try {
    const found: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(found) ? found.filter(isEntry) : NONE;
  } catch {
    return NONE;
  }
}

export function unsavedOf(userId: string): readonly Unsaved[] {
  let list = lists.get(userId);
  if (!list) lists.set(userId, (list = parse(readStored(keyOf(userId)))));
  return list;
}
function write(userId: string, list: readonly Unsaved[]): void {
  lists.set(userId, list);
  writeStored(keyOf(userId), list.length > 0 ? JSON.stringify(list) : null);
  for (const listener of listeners) listener();
}
if (typeof window !== 'undefined') {
  // Another tab has written: its list is the newer one.
  window.addEventListener('storage', ({ key, newValue }) => {
    const userId = key?.split(STORED)[1];
    if (!userId) return;
    lists.set(userId, parse(newValue));
    for (const listener of listeners) listener();
  });
}

/** The fields that a patch speaks of. */
export function fieldsOf(patch: AppointmentPatch): string[] {
  return Object.keys(patch).filter((name) => name !== 'override' && name !== 'version');
}
/** The patch without the override: that was given for one act, not for the next. */
export function valuesOf(patch: AppointmentPatch): AppointmentPatch {
  return Object.fromEntries(Object.entries(patch).filter(([name]) => name !== 'override' && name !== 'version'));
}
function touches(entry: Unsaved, appointmentId: string, fields: readonly string[]): boolean {
  return entry.appointmentId === appointmentId && fieldsOf(entry.patch).some((field) => fields.includes(field));
}

/**
 * Keeps an edit until it is settled and returns what is to be sent: the edit, laid over what is still unsaved of the same
 * fields, against the oldest version that any of it was typed on.
 */
export function keep(userId: string, edit: Omit<Unsaved, 'refusal'>): Unsaved {
  const list = unsavedOf(userId);
  const earlier = list.filter((entry) => touches(entry, edit.appointmentId, fieldsOf(edit.patch)));
  const entry: Unsaved = {
    ...edit,
    patch: Object.assign({}, ...earlier.map((one) => valuesOf(one.patch)), edit.patch) as AppointmentPatch,
    version: Math.min(edit.version, ...earlier.map((one) => one.version)),
    refusal: null,
  };
  write(userId, [...list.filter((one) => !earlier.includes(one)), entry]);
  return entry;
}

/** The same edit, be it read anew after another tab has written. */
function isSame(one: Unsaved, other: Unsaved): boolean {
  return one === other || (touches(one, other.appointmentId, fieldsOf(other.patch)) && JSON.stringify(one.patch) === JSON.stringify(other.patch));
}

/** The server has it; what was typed over it meanwhile stays. */
export function settle(userId: string, entry: Unsaved): void {
  const list = unsavedOf(userId);
  const rest = list.filter((one) => !isSame(one, entry));
  if (rest.length < list.length) write(userId, rest);
}

/** The server does not want it: it stays for the person to change or take back. */
export function refuse(userId: string, entry: Unsaved, refusal: string): void {
  write(userId, unsavedOf(userId).map((one) => (isSame(one, entry) ? { ...one, refusal } : one)));
}

/** Gives up what is unsaved of these fields: the person took it back or chose another value. */
export function discard(userId: string, appointmentId: string, fields: readonly string[]): void {
  const list = unsavedOf(userId);
  const rest = list.filter((one) => !touches(one, appointmentId, fields));
  if (rest.length < list.length) write(userId, rest);
}

/** True when the server has not judged the request: it was silent, in trouble, busy, or wants a sign-in first. */
export function isUnjudged(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || [401, 408, 429].includes(error.status) || error.status >= 500);
}

/** What the person has unsaved on this device, of all jobs, oldest first. */
export function useUnsaved(userId: string): readonly Unsaved[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => unsavedOf(userId),
  );
}
