/**
 * Whether this device's clock can be believed. Shop tablets run flat and wake up in another hour; the server's answers tell
 * what time it is. Only what says "now" by itself, such as the line in the calendar, has to ask.
 */
import { useSyncExternalStore } from 'react';
import { MINUTE } from './time';

/** How far the clock may be off before a line at "now" stands visibly wrong. */
const TOLERANCE = 2 * MINUTE;
/** An answer that took longer says too little about when it was written. */
const LONGEST = 10_000;

let isRight = true;
const listeners = new Set<() => void>();

/** Compares the clock with an answer's `Date`; `sentAt` and `receivedAt` are this device's milliseconds around it. */
export function noteServerTime(date: string | null, sentAt: number, receivedAt: number): void {
  const told = date === null ? NaN : Date.parse(date);
  if (Number.isNaN(told) || receivedAt - sentAt > LONGEST || receivedAt < sentAt) return;
  const next = Math.abs(told - (sentAt + receivedAt) / 2) <= TOLERANCE;
  if (next === isRight) return;
  isRight = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** False when the server's time is another one than this device's. */
export function useClockIsRight(): boolean {
  return useSyncExternalStore(subscribe, () => isRight);
}
