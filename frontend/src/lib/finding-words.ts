import '@/i18n/late/messages';
import { t, wordFor } from '@/i18n/t';
import type { Finding } from '@/types';

/** What keeps a text from being used, and what to write instead. */
export function findingWords({ code, found, hint }: Finding): string {
  if (code === 'unknown_variable' && hint) return t('finding.unknown_variable.hint', { found, hint });
  const known = wordFor(`finding.${code}`);
  return known ? known.replace('{found}', found).replace('{hint}', hint ?? '') : `${code} ${found}`;
}
