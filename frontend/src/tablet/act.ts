/** Writes a person's acts down, or says that it could not. */
import { toast } from '@/components/ui/toast-store';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import type { KeptPhoto, NewOperation } from '@/offline/types';
import { keeper } from './work';

/** Does what keeps something on this device. False where it could not be kept, which the person has been told. */
export async function keep(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    const isFull = error instanceof DOMException && error.name === 'QuotaExceededError';
    toast({ tone: 'error', title: t(isFull ? 'tablet.unsaved.full' : 'tablet.unsaved'), key: 'unsaved' });
    return false;
  }
}

/** Writes an act down, with its photo if it has one. False where there was no room. */
export function act(operation: NewOperation, photo?: Omit<KeptPhoto, 'userId'>): Promise<boolean> {
  return keep(() => keeper.add(operation, photo));
}

/** Writes acts down in their order, up to the first for which there was no room. */
export async function actAll(...operations: NewOperation[]): Promise<boolean> {
  for (const operation of operations) if (!(await act(operation))) return false;
  return true;
}
