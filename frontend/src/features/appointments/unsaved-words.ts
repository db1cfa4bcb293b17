import { toast } from '@/components/ui/toast-store';
import { t } from '@/i18n/t';
import type { Unsaved } from '@/lib/unsaved';
import { fieldsOf, keep } from '@/lib/unsaved';
import { fieldWords } from './value-words';

/** What is unsaved, by name: `Notes of job #1042`. */
export function unsavedWords({ patch, number }: Unsaved): string {
  const names = fieldsOf(patch).map((field) => fieldWords(field) ?? field);
  return t('unsaved.of', { fields: names.join(', '), number: String(number) });
}

/** Says that unsaved values were given up, with a way to have them back. */
export function offerBack(userId: string, given: readonly Unsaved[]): void {
  if (given.length === 0) return;
  toast({
    tone: 'info',
    title: t('unsaved.gone', { what: given.map(unsavedWords).join(', ') }),
    action: { label: t('action.undo'), run: () => given.forEach((entry) => void keep(userId, entry)) },
  });
}
