import { readStored, writeStored } from '@/lib/stored';

const KEY = 'tablet.pin';
/** Whether the person came in by PIN. */
export function isPinSession(): boolean {
  return readStored(KEY) === '1';
}
export function setPinSession(isPin: boolean): void {
  writeStored(KEY, isPin ? '1' : null);
}

const SHARED = 'tablet.shared';
/** Whether this is the shop's tablet, which is the next one's: it locks itself however the person came in. */
export function isSharedTablet(): boolean {
  return readStored(SHARED) === '1';
}
export function setSharedTablet(isShared: boolean): void {
  writeStored(SHARED, isShared ? '1' : null);
}

const IDLE = 'tablet.idle';
const FIVE_MINUTES = 300;
/** After how long without a touch the shop wants its tablet locked, in seconds. */
export function idleSeconds(): number {
  return Number(readStored(IDLE)) || FIVE_MINUTES;
}
export function setIdleSeconds(seconds: number): void {
  writeStored(IDLE, String(seconds));
}
