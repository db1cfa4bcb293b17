/** Which marks of a card stand in words, which as a sign alone, and how many are only counted: none is ever cut. Pure. */

export type Form = 'words' | 'sign' | 'counted';

/** Pixels. */
export interface FitSizes {
  /** The chip with its words, for each mark. */
  words: readonly number[];
  /** A chip with its sign alone. */
  sign: number;
  gap: number;
  /** The `+2` behind the last chip. */
  more: number;
}

/** At most so many marks are drawn: a card is for glances. */
const MOST = 3;

/** The first mark keeps its words; the others have theirs while there is room, else a sign, else they are counted. */
export function fitMarks({ words, sign, gap, more }: FitSizes, room: number): Form[] {
  const forms: Form[] = [];
  let used = 0;
  for (const [index, width] of words.entries()) {
    const left = words.length - index - 1;
    const rest = left > 0 ? gap + more : 0;
    const before = index === 0 ? 0 : used + gap;
    const isOver = index >= MOST || forms.at(-1) === 'counted';
    if (!isOver && (index === 0 || before + width + rest <= room)) {
      forms.push('words');
      used = before + width;
    } else if (!isOver && before + sign + rest <= room) {
      forms.push('sign');
      used = before + sign;
    } else forms.push('counted');
  }
  return forms;
}
