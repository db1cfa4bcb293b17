import type { Catalogue, Entry, WordKey } from './en';
import { en } from './en';
import { LOCALE } from './locale';

export { LOCALE };

const plurals = new Intl.PluralRules(LOCALE);
const numbers = new Intl.NumberFormat(LOCALE);

/** Every word that is here so far. */
const words: Record<string, Entry> = { ...en };

/** Adds words that came with the code that says them. */
export function addWords(more: Catalogue): void {
  Object.assign(words, more);
}

export type Values = Record<string, string | number>;

/** The catalogue's text for a key, its holes filled, its plural form chosen by `count`. */
export function t(key: WordKey, values: Values = {}): string {
  // A word that has not come is a fault of ours; its key says more than nothing.
  const entry = words[key] ?? key;
  let text: string;
  if (typeof entry === 'string') text = entry;
  else text = plurals.select(Number(values.count ?? 0)) === 'one' ? entry.one : entry.other;
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => {
    const value = values[name];
    if (value === undefined) return hole;
    return typeof value === 'number' ? numbers.format(value) : value;
  });
}

/** The text for a key that was put together from a code of the server; null when the catalogue has none. */
export function wordFor(key: string, values: Values = {}): string | null {
  return hasWord(key) ? t(key, values) : null;
}

/** Whether the catalogue has the key: for words chosen by a code that the server sent. */
export function hasWord(key: string): key is WordKey {
  return Object.hasOwn(words, key);
}
