import { ConflictSheet } from '@/components/ui/ConflictSheet';
import '@/i18n/late/tablet';
import { t, wordFor } from '@/i18n/t';
import { conflictAuthor } from '@/lib/data/conflicts';
import { findEdited } from '@/offline/overlay';
import type { Operation } from '@/offline/types';
import { valueWords } from './queue-words';
import { keeper, useWork } from './work';

/** Somebody changed the same thing meanwhile: both values, who and when, field by field; the person chooses. */
export function ConflictChoice({ operation, onClose }: { operation: Operation; onClose: () => void }) {
  const { error, body } = operation;
  const { day } = useWork();
  if (!error) return null;
  const resolve = async (mine: readonly string[]): Promise<void> => {
    onClose();
    const chosen = new Set(mine);
    const disputed = new Set(error.conflicts.map((one) => one.field));
    // What nobody disputed of a point is in the shop already; of a job's words nothing is, nor when an inspection was submitted.
    const isWhole = operation.kind === 'outcome' || operation.kind === 'checklist';
    const undisputed = Object.entries(body).filter(([field]) => isWhole && field !== 'version' && !disputed.has(field));
    // Of a point that somebody took away, what was said of it is disputed as a whole, in a field of which nothing was said.
    const left = [...undisputed, ...error.conflicts.filter((one) => chosen.has(one.field)).map((one) => [one.field, one.field in body ? body[one.field] : one.yours] as const)];
    if (left.length === 0 || (operation.kind === 'checklist' && chosen.size === 0)) {
      await keeper.discard(operation.id);
      return;
    }
    const theirs = error.conflicts.filter((one) => chosen.has(one.field)).map((one) => [one.field, one.theirs] as const);
    const version = error.version === null ? {} : { version: error.version };
    await keeper.amend(operation.id, { ...Object.fromEntries(left), ...version }, { ...operation.base, ...Object.fromEntries(theirs) });
  };
  const about = findEdited(day, operation);
  const unit = about && 'unit' in about ? about.unit : null;
  return (
    <ConflictSheet
      note={operation.label}
      conflicts={error.conflicts.map((one) => ({
        field: one.field,
        label: wordFor(`tablet.field.${one.field}`) ?? one.field,
        yours: valueWords(one.field, one.yours, unit),
        theirs: valueWords(one.field, one.theirs, unit),
        yoursBy: conflictAuthor({ ...one, changedBy: t('tablet.conflict.you'), changedAt: new Date(operation.createdAt).toISOString() }),
        by: conflictAuthor(one),
      }))}
      onResolve={(mine) => void resolve(mine)}
      onKeepSaved={() => void resolve([])}
      onClose={onClose}
    />
  );
}
