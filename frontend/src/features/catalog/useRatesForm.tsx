import type { ReactNode } from 'react';
import { useState } from 'react';
import { ApiError } from '@/api';
import { ConflictSheet } from '@/components/ui/ConflictSheet';
import { toast } from '@/components/ui/toast-store';
import '@/i18n/late/catalog';
import { t } from '@/i18n/t';
import { percentText } from '@/lib/amounts';
import { conflictAuthor, conflictsOf } from '@/lib/data/conflicts';
import { errorWords } from '@/lib/error-words';
import { moneyText } from '@/lib/money';
import type { FieldConflict, LaborRate } from '@/types';
import type { RatesChange } from './mutations';
import { useChangeRates } from './mutations';

function valueWords(field: string, value: unknown): string {
  if (field === 'laborRates') {
    const rows = value as LaborRate[];
    return t('rates.conflict.rows', { count: rows.length, what: rows.map((row) => `${row.name} ${moneyText(row.hourCents)}`).join(', ') });
  }
  return Object.entries(value as Record<string, string>)
    .map(([name, rate]) => `${name} ${percentText(rate)} %`)
    .join(', ');
}

/** Saves a location's labor or tax rates as a whole; who clashes chooses which of the two stay. */
export function useRatesForm(locationId: string, done: string, onDone: () => void) {
  const change = useChangeRates(locationId);
  const [error, setError] = useState<string>();
  const [conflict, setConflict] = useState<{ conflicts: FieldConflict[]; wish: RatesChange; version: number } | null>(null);

  const save = (wish: RatesChange, version: number): void => {
    setError(undefined);
    change.mutate(
      { change: wish, version },
      {
        onSuccess: () => {
          toast({ tone: 'success', title: done });
          onDone();
        },
        onError: (refused) => {
          const conflicts = conflictsOf(refused);
          if (conflicts && refused instanceof ApiError) {
            setConflict({ conflicts, wish, version: refused.extra<{ version: number }>('rates')?.version ?? version + 1 });
            return;
          }
          const told = refused instanceof ApiError ? Object.values(refused.fields)[0]?.[0] : undefined;
          setError(told ?? errorWords(refused));
        },
      },
    );
  };
  const sheet: ReactNode = conflict ? (
    <ConflictSheet
      conflicts={conflict.conflicts.map((one) => ({
        field: one.field,
        label: t(one.field === 'laborRates' ? 'rates.conflict.labor' : 'rates.conflict.taxes'),
        yours: valueWords(one.field, one.yours),
        theirs: valueWords(one.field, one.theirs),
        by: conflictAuthor(one),
      }))}
      isPending={change.isPending}
      onClose={() => {
        setConflict(null);
        onDone();
      }}
      onResolve={(mine) => {
        setConflict(null);
        if (mine.length > 0) save(conflict.wish, conflict.version);
        else onDone();
      }}
    />
  ) : null;
  return { save, error, setError, isPending: change.isPending, sheet };
}
