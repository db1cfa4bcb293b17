import { readStored, writeStored } from '@/lib/stored';

const KEY = 'tablet.pin';
/** Whether the person came in by PIN: then the tablet locks itself, and is the next one's. */
export function isPinSession(): boolean {
  return readStored(KEY) === '1';
}
export function setPinSession(isPin: boolean): void {
  writeStored(KEY, isPin ? '1' : null);
}
