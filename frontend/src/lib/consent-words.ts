/** How consent was given or taken back, in words: the one place where a method becomes the end of a sentence. */
import '@/i18n/late/consent';
import { t, wordFor } from '@/i18n/t';

export interface Said {
  method: string | null;
  /** The text that was shown or received; null where it is not told. */
  wording?: string | null;
  /** Who at the shop wrote it down. */
  by?: string | null;
}

/** A keyword is one word or two; what is longer came with a signature or a greeting. */
const LONGEST_KEYWORD = 20;
const LONGEST_QUOTE = 60;

function short(text: string, most: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most - 1).trimEnd()}…` : line;
}

/** `by CANCEL`, `by “take me off your list”`, `by phone, noted by Ana Flores`; null for a method without words. */
export function howWords({ method, wording, by }: Said): string | null {
  const usual = wordFor(`opted.${method ?? ''}`);
  const text = wording?.trim() ?? '';
  if (method === 'stop_keyword' || method === 'start_keyword') {
    const word = text.replace(/[.!\s]+$/u, '');
    return word && word.length <= LONGEST_KEYWORD && !word.includes('\n') ? t('opted.word', { word: word.toUpperCase() }) : usual;
  }
  if (method === 'stop_phrase' && text) return t('opted.words', { text: short(text, LONGEST_QUOTE) });
  return usual && by ? t('opted.noted', { how: usual, by }) : usual;
}
