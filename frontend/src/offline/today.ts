/** Asks the shop what a technician's day is. */
import { api, ApiError } from '@/api';
import { readStored, writeStored } from '@/lib/stored';
import type { Me } from '@/types';
import type { Day } from './types';

/** How long an answer may take, in milliseconds. */
export const LIMIT = 15_000;
/** Where the board keeps it, too. */
const LOCATION = 'location';

/** The day at the shop of this device; where it is not known, or another person's, at their first one. */
export async function readToday(): Promise<Day> {
  const ask = (locationId: string | null): Promise<Day> =>
    api.get<Day>('/api/tech/today', { query: { locationId }, signal: AbortSignal.timeout(LIMIT) });
  try {
    return await ask(readStored(LOCATION));
  } catch (error) {
    if (!(error instanceof ApiError) || (error.status !== 404 && error.status !== 422)) throw error;
    const me = await api.get<Me>('/api/me', { signal: AbortSignal.timeout(LIMIT) });
    writeStored(LOCATION, me.locations[0]?.id ?? null);
    return ask(readStored(LOCATION));
  }
}
