import { toast } from '@/components/ui/toast-store';
import type { WordKey } from '@/i18n/en';
import { t } from '@/i18n/t';
import type { Unsaved } from '@/lib/unsaved';
import { fieldsOf, keep } from '@/lib/unsaved';
import { fieldWords } from './value-words';

/** What is unsaved of one job, by name: `Notes, Key tag of job #1042`. */
export function unsavedWords(entries: readonly Unsaved[]): string {
  const names = entries.flatMap(({ patch }) => fieldsOf(patch)).map((field) => fieldWords(field) ?? field);
  return t('unsaved.of', { fields: names.join(', '), number: String(entries[0]?.number ?? '') });
}

/** Says that unsaved values of a job were given up, with a way to have them back. */
export function offerBack(userId: string, given: readonly Unsaved[]): void {
  if (given.length === 0) return;
  toast({
    tone: 'info',
    title: t('unsaved.gone', { what: unsavedWords(given) }),
    action: { label: t('action.undo'), run: () => given.forEach((entry) => void keep(userId, entry)) },
  });
}

/** Says that Escape took back what was typed into a field, with a way to have it again. */
export function offerDraft(label: WordKey, putBack: () => void): void {
  toast({
    tone: 'info',
    title: t('unsaved.dropped', { field: t(label) }),
    action: { label: t('action.undo'), run: putBack },
    key: `draft-${label}`,
  });
}
