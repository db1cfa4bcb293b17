import { createContext, use } from 'react';
import type { AppointmentPatch, DrawerData } from '@/types';
import type { FieldName, SaveState } from './useFieldSave';

interface Edit {
  data: DrawerData;
  zone: string;
  canEdit: boolean;
  /** Technicians write notes on their own jobs only. */
  canNote: boolean;
  states: Record<string, SaveState>;
  save: (patch: AppointmentPatch, version: number) => Promise<boolean>;
  /** Forgets a refused text without a word: what was saved before stands in its field again. */
  forget: (fields: readonly string[]) => void;
  /** Gives up what is unsaved of these fields, with a way back. */
  giveUp: (fields: readonly string[]) => void;
  /** The fields whose value is only on this device so far. */
  unsaved: ReadonlySet<string>;
  /** A counter that makes drafts start anew, after a conflict was settled. */
  round: number;
}

const EditContext = createContext<Edit | null>(null);
export const EditProvider = EditContext;

/** The job in the drawer and the way to save a field of it. */
export function useEdit(): Edit {
  const edit = use(EditContext);
  if (!edit) throw new Error('useEdit outside the drawer');
  return edit;
}

export function useSaveState(field: FieldName): { error?: string; isSaving: boolean; isSaved: boolean; isWaiting: boolean } {
  const { states, data } = useEdit();
  const state = states[field];
  return {
    ...(state?.status === 'failed' ? { error: state.message } : {}),
    isSaving: state?.status === 'saving',
    // What somebody else made of it since is not what this person saved.
    isSaved: state?.status === 'saved' && state.value === data.appointment[field],
    isWaiting: state?.status === 'waiting',
  };
}
