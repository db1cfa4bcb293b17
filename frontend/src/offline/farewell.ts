/** A sign-out that the shop has not heard of yet: it is told before anything else. */
import { api, ApiError, sessionSign } from '@/api';
import { readStored, writeStored } from '@/lib/stored';
import { isUnjudged } from '@/lib/unsaved';
import { LIMIT } from './today';

const FAREWELL = 'tablet.farewell';
export type Farewell = '/api/tablet/lock' | '/api/auth/logout';

export function hasLeft(): boolean {
  return readStored(FAREWELL) !== null;
}
export function writeFarewell(how: Farewell | null): void {
  writeStored(FAREWELL, how);
}

/** Tells the shop, if there is something to tell. Silence throws; `isStill` says whether nobody has come or gone since. */
export async function sayFarewell(isStill: () => boolean): Promise<void> {
  const how = readStored(FAREWELL);
  if (how === null) return;
  try {
    // Where it stalls until somebody else is in, it is not said again for them.
    await api.post(how, { session: sessionSign(), signal: AbortSignal.timeout(LIMIT) });
  } catch (error) {
    if (isStill() && (!(error instanceof ApiError) || (isUnjudged(error) && error.status !== 401))) throw error;
  }
  if (isStill()) writeFarewell(null);
}
