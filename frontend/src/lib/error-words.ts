import { ApiError } from '@/api';
import { hasWord, t } from '@/i18n/t';
import { spanWords } from './time';

/**
 * What happened and what to do, in our own words by the problem's code. A code without words of ours shows the server's
 * explanation, never a shrug.
 */
export function errorWords(error: unknown): string {
  if (!(error instanceof ApiError)) return t('error.crash');
  if (error.code === 'too_many_requests') {
    const seconds = error.retryAfter ?? 60;
    const wait = seconds < 60 ? t('time.seconds', { count: seconds }) : spanWords(Math.ceil(seconds / 60) * 60_000);
    return t('error.too_many_requests', { wait });
  }
  const key = `error.${error.code}`;
  if (error.code !== 'unknown' && hasWord(key)) return t(key);
  return error.detail || error.title || t('error.unknown', { status: error.status });
}

/** The request's number, for support; empty when the server was not reached. */
export function errorReference(error: unknown): string {
  // What the person can settle themselves needs nobody who looks it up.
  return error instanceof ApiError && error.status >= 500 && error.requestId ? t('error.request', { id: error.requestId }) : '';
}
