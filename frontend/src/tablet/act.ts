/** Writes a person's acts down, once, or says that it could not. */
import { toast } from '@/components/ui/toast-store';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import type { KeptPhoto, Kind, NewOperation } from '@/offline/types';
import { keeper } from './work';

/** What is made anew by each act, and so twice by a glove that touches twice. */
const MAKING: ReadonlySet<Kind> = new Set(['start', 'startTimer', 'check']);
/** A second touch within this long of the first is the same one, in milliseconds. */
const BOUNCE = 1_000;
const made = new Set<string>();

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

/** Writes an act down. False where nothing was written: there was no room, or it was the second touch of a glove. */
export async function act(operation: NewOperation, photo?: Omit<KeptPhoto, 'userId'>): Promise<boolean> {
  if (!MAKING.has(operation.kind)) return keep(() => keeper.add(operation, photo));
  const what = `${operation.kind} ${operation.about.appointmentId} ${String(operation.body.templateId)}`;
  if (made.has(what)) return false;
  made.add(what);
  const isKept = await keep(() => keeper.add(operation, photo));
  // Where it could not be kept, trying again is no second touch.
  window.setTimeout(() => made.delete(what), isKept ? BOUNCE : 0);
  return isKept;
}
