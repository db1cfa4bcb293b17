import { ConflictSheet } from '@/components/ui/ConflictSheet';
import { wordFor } from '@/i18n/t';
import { conflictAuthor } from '@/lib/data/conflicts';
import type { AppointmentPatch, FieldConflict } from '@/types';
import { valueWords } from './value-words';

interface FieldConflictsProps {
  conflicts: readonly FieldConflict[];
  zone: string;
  /** Names behind ids, such as technicians and bays. */
  names: ReadonlyMap<string, string>;
  isPending: boolean;
  onResolve: (mine: AppointmentPatch) => void;
  onClose: () => void;
}

/** Gives the keyboard back to a field, which is drawn anew with what was chosen. */
function focusField(name: string | undefined): boolean {
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-layer] [name="${name}"]`)?.focus());
  return true;
}

/** Two people changed one field of a job: both values in words, and the person's choice as a patch of theirs alone. */
export function FieldConflicts({ conflicts, zone, names, isPending, onResolve, onClose }: FieldConflictsProps) {
  return (
    <ConflictSheet
      isPending={isPending}
      onClose={onClose}
      returnFocus={() => focusField(conflicts[0]?.field)}
      conflicts={conflicts.map((one) => ({
        field: one.field,
        label: wordFor(`field.${one.field}`) ?? one.field,
        yours: valueWords(one.field, one.yours, zone, { names }),
        theirs: valueWords(one.field, one.theirs, zone, { names }),
        by: conflictAuthor(one),
      }))}
      onResolve={(fields) =>
        onResolve(
          Object.fromEntries(conflicts.filter((one) => fields.includes(one.field)).map((one) => [one.field, one.yours])) as AppointmentPatch,
        )
      }
    />
  );
}
