import { useRef } from 'react';
import { toast } from '@/components/ui/toast-store';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import type { NewOperation } from '@/offline/types';
import { keeper } from './work';

/** Writes acts down in their order. False where this tablet has no room for them; the person is told. */
export async function perform(...operations: NewOperation[]): Promise<boolean> {
  try {
    for (const operation of operations) await keeper.add(operation);
    return true;
  } catch {
    toast({ tone: 'error', title: t('tablet.full'), key: 'tablet-full' });
    return false;
  }
}

/** A glove taps twice: what is tapped while the first is being written, or so soon after it, in milliseconds, is the same tap. */
const SAME_TAP = 700;

/** Lets an act, known by its name, through once at a time: a second tap of the same finger begins nothing again. */
export function useOnce(): (name: string, act: () => Promise<unknown>) => void {
  const until = useRef(new Map<string, number>());
  return (name, act) => {
    const names = until.current;
    if (performance.now() < (names.get(name) ?? 0)) return;
    names.set(name, Infinity);
    void act().finally(() => names.set(name, performance.now() + SAME_TAP));
  };
}
