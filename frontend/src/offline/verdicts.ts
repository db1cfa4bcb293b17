/** What an answer means for the operation that it was given to. */
import { ApiError, SESSION_CHANGED } from '@/api';
import { errorWords } from '@/lib/error-words';
import { isUnjudged } from '@/lib/unsaved';
import type { FieldConflict } from '@/types';
import type { Refusal } from './types';

/** Why the flusher stopped: no answer, the session is over or perhaps another's, a server in trouble; null when all went that could. */
export type Stop = 'offline' | 'signedOut' | 'changed' | 'trouble' | null;

/** Whether the server has looked at it and does not want it. */
export function isJudged(error: unknown): error is ApiError {
  // A page that is out of step with its cookies is asked again with the new ones.
  return error instanceof ApiError && !isUnjudged(error) && error.code !== 'csrf';
}
export function whyStopped(error: unknown): Stop {
  if (!(error instanceof ApiError) || error.status === 0) return 'offline';
  if (error.code === SESSION_CHANGED) return 'changed';
  return error.status === 401 ? 'signedOut' : 'trouble';
}
/** The thing as it stands, which a conflict brings along. */
export function presentIn(error: ApiError): { version?: number } | undefined {
  for (const name of ['item', 'job', 'photo', 'vehicle', 'inspection']) {
    const present = error.extra<{ version?: number }>(name);
    if (present) return present;
  }
  return undefined;
}
/** Why, in words: nobody sees fields beside a queue, so what is wrong with them is the reason. */
function wordsOf(error: ApiError): string {
  if (error.code === 'not_found' && error.detail) return error.detail;
  return Object.values(error.fields).flat().join(' ') || errorWords(error);
}
export function refusalOf(error: ApiError): Refusal {
  return {
    status: error.status,
    code: error.code,
    words: wordsOf(error),
    conflicts: error.code === 'edit_conflict' ? (error.extra<FieldConflict[]>('conflicts') ?? []) : [],
    version: presentIn(error)?.version ?? null,
  };
}
