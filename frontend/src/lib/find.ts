/** Finding things by the words that one types, as people expect it: whole pieces of words, never letters strewn about. */

const fold = (text: string): string =>
  text
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s]/gu, '');
const wordsOf = (text: string): string[] => fold(text).split(/\s+/).filter(Boolean);

/** How well the typed words fit: how many of them begin a word, or null when one of them is found nowhere. */
function fit(typed: readonly string[], texts: readonly string[]): number | null {
  const words = texts.flatMap(wordsOf);
  // A plate is found with and without its gap.
  const whole = [...words, ...texts.map((text) => wordsOf(text).join(''))];
  let begins = 0;
  for (const word of typed) {
    if (whole.some((one) => one.startsWith(word))) begins += 1;
    else if (!words.some((one) => one.includes(word))) return null;
  }
  return begins;
}

/** Those of the things that have every typed word in their texts, the best fitting first; all of them when nothing is typed. */
export function find<T>(things: readonly T[], typed: string, textsOf: (thing: T) => readonly string[]): T[] {
  const words = wordsOf(typed);
  return things
    .map((thing) => ({ thing, rank: fit(words, textsOf(thing)) }))
    .filter((one): one is { thing: T; rank: number } => one.rank !== null)
    .sort((a, b) => b.rank - a.rank)
    .map(({ thing }) => thing);
}
