/** Hands one operation to the server. */
import type { RequestOptions } from '@/api';
import { api, ApiError } from '@/api';
import { uploadPhoto } from '@/features/photos/upload';
import type { KeptPhoto, Operation } from './types';

/** A connection that died without a word is given up after this long, in milliseconds; a photo's may be slow and goes on later. */
const PATIENCE = 20_000;
const PHOTO_PATIENCE = 90_000;
/** What a body says of when something was done, which may be long before it is sent. */
const MOMENTS = ['startedAt', 'stoppedAt', 'submittedAt', 'takenBackAt'];

/** Sends in the session that has the sign `session`, and in no other, until `signal` ends it. */
export async function send(
  operation: Operation,
  photo: KeptPhoto | null,
  onProgress: (part: number) => void,
  signal: AbortSignal,
  session: string | null,
): Promise<unknown> {
  const within = (milliseconds: number) => ({ session, signal: AbortSignal.any([signal, AbortSignal.timeout(milliseconds)]) });
  if (operation.kind === 'photo') {
    // The browser has lost it: the queue says so.
    if (!photo) throw new ApiError(410, { code: 'photo_lost' });
    const blob = new Blob([photo.bytes], { type: photo.type });
    return uploadPhoto({ id: photo.id, itemId: photo.itemId, blob }, (sent, total) => onProgress(sent / total), within(PHOTO_PATIENCE));
  }
  const options = { ...within(PATIENCE), idempotencyKey: operation.id };
  try {
    return await request(operation, options);
  } catch (error) {
    // Gone is what was wanted.
    if (TAKES_AWAY.has(operation.kind) && error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

const TAKES_AWAY: ReadonlySet<Operation['kind']> = new Set(['removePhoto', 'undoStart']);

function request(operation: Operation, options: RequestOptions): Promise<unknown> {
  if (operation.method === 'DELETE') return api.delete<unknown>(operation.url, options);
  // A moment is told with what this device's clock shows now, so that one that is wrong shifts no hours.
  const hasMoment = MOMENTS.some((name) => name in operation.body);
  const body = hasMoment ? { ...operation.body, sentAt: new Date().toISOString() } : operation.body;
  return operation.method === 'POST' ? api.post<unknown>(operation.url, { ...options, body }) : api.patch<unknown>(operation.url, { ...options, body });
}
