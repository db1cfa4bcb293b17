import { ApiError } from '@/api';
import { t } from '@/i18n/t';
import { MINUTE, spanWords } from '@/lib/time';
import type { FieldConflict } from '@/types';

/** The fields that somebody else changed meanwhile, when that is what the error is about. */
export function conflictsOf(error: unknown): FieldConflict[] | null {
  if (!(error instanceof ApiError) || error.code !== 'edit_conflict') return null;
  return error.extra<FieldConflict[]>('conflicts') ?? [];
}

/** Who changed the field and how long ago: `Marcus Bell, 2 min ago`. */
export function conflictAuthor(conflict: FieldConflict, now: number = Date.now()): string {
  const name = conflict.changedBy ?? t('conflict.somebody');
  const length = conflict.changedAt ? now - Date.parse(conflict.changedAt) : 0;
  if (length < MINUTE) return t('conflict.byNow', { name });
  return t('conflict.by', { name, when: t('conflict.ago', { span: spanWords(length) }) });
}
