import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '@/api';
import { conflictsOf } from '@/lib/data/conflicts';
import { customerKeys } from '@/lib/query-keys';
import type { Customer, FieldConflict } from '@/types';
import type { SaveResult } from './EditableField';
import { refusalWords } from './field-words';
import type { CustomerDraft, CustomerField } from './mutations';
import { usePatchCustomer } from './mutations';

interface OpenConflict {
  conflicts: FieldConflict[];
  /** The version that the sheet shows as theirs. */
  version: number;
}

/** Saves single fields of a customer; what clashes with another editor waits in `conflict` for a choice. */
export function useCustomerSave(id: string) {
  const client = useQueryClient();
  const patch = usePatchCustomer(id);
  const [conflict, setConflict] = useState<OpenConflict | null>(null);
  const [refusal, setRefusal] = useState<string | undefined>();

  /** True when the error is a clash, which is now on the sheet. */
  const raise = (error: unknown): boolean => {
    const conflicts = conflictsOf(error);
    if (!conflicts) return false;
    const present = error instanceof ApiError ? error.extra<Customer>('customer') : undefined;
    if (present) client.setQueryData<Customer>(customerKeys.one(id), (before) => ({ ...before, ...present }));
    const version = present?.version ?? client.getQueryData<Customer>(customerKeys.one(id))?.version ?? 1;
    setConflict({ conflicts, version });
    return true;
  };

  const save = async (field: CustomerField, value: string | null, version: number): Promise<SaveResult> => {
    try {
      await patch.mutateAsync({ draft: { [field]: value }, version });
      return { kind: 'saved' };
    } catch (error) {
      return raise(error) ? { kind: 'conflict' } : { kind: 'refused', message: refusalWords(error, field) };
    }
  };

  const resolve = async (mine: string[]): Promise<void> => {
    if (!conflict) return;
    setRefusal(undefined);
    const draft: CustomerDraft = {};
    for (const one of conflict.conflicts) {
      if (mine.includes(one.field)) draft[one.field as CustomerField] = one.yours as string | null;
    }
    try {
      if (mine.length > 0) await patch.mutateAsync({ draft, version: conflict.version });
      setConflict(null);
    } catch (error) {
      if (!raise(error)) setRefusal(refusalWords(error, mine[0] ?? ''));
    }
  };

  return { save, conflict: conflict?.conflicts ?? null, resolve, drop: () => setConflict(null), isPending: patch.isPending, refusal };
}
