import { ConflictSheet } from '@/components/ui/ConflictSheet';
import '@/i18n/late/tablet';
import { wordFor } from '@/i18n/t';
import { conflictAuthor } from '@/lib/data/conflicts';
import type { Operation } from '@/offline/types';
import { valueWords } from './queue-words';
import { keeper } from './work';

/** Somebody changed the same thing meanwhile: both values, who and when, field by field; the person chooses. */
export function ConflictChoice({ operation, onClose }: { operation: Operation; onClose: () => void }) {
  const { error, body } = operation;
  if (!error) return null;
  const resolve = async (mine: readonly string[]): Promise<void> => {
    onClose();
    const chosen = error.conflicts.filter((one) => mine.includes(one.field));
    if (chosen.length === 0) {
      // What nobody disputed is in the shop already.
      await keeper.discard(operation.id);
      return;
    }
    const fields = Object.fromEntries(chosen.map((one) => [one.field, body[one.field]]));
    const theirs = Object.fromEntries(chosen.map((one) => [one.field, one.theirs]));
    await keeper.amend(operation.id, { ...fields, ...(error.version === null ? {} : { version: error.version }) }, theirs);
  };
  return (
    <ConflictSheet
      conflicts={error.conflicts.map((one) => ({
        field: one.field,
        label: wordFor(`tablet.field.${one.field}`) ?? one.field,
        yours: valueWords(one.field, one.yours),
        theirs: valueWords(one.field, one.theirs),
        by: conflictAuthor(one),
      }))}
      onResolve={(mine) => void resolve(mine)}
      onKeepSaved={() => void resolve([])}
      onClose={onClose}
    />
  );
}
