/** Which part of a text the search found, so that the eye lands on it. Typing mistakes leave nothing to mark. */

export interface Piece {
  text: string;
  isHit: boolean;
}

type Kind = 'words' | 'digits' | 'plate';

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** The characters that count, each with its place in the original text. */
function significant(text: string, kind: Kind): { text: string; places: number[] } {
  let kept = '';
  const places: number[] = [];
  for (const [index, character] of [...text].entries()) {
    const folded = fold(character);
    const counts = kind === 'words' || (kind === 'digits' ? /\d/.test(folded) : /[a-z0-9]/.test(folded));
    if (!counts) continue;
    for (const one of folded) {
      kept += one;
      places.push(index);
    }
  }
  return { text: kept, places };
}

/** The text in pieces, the found one marked; one unmarked piece when nothing of it was found. */
export function pieces(text: string, q: string, kind: Kind): Piece[] {
  const needle = significant(q.trim(), kind).text;
  const hay = significant(text, kind);
  // The end of a phone or VIN is what people know, so the last place wins there.
  const at = kind === 'words' ? hay.text.indexOf(needle) : hay.text.lastIndexOf(needle);
  const first = hay.places[at];
  const last = hay.places[at + needle.length - 1];
  if (needle.length < 2 || first === undefined || last === undefined) return [{ text, isHit: false }];
  const letters = [...text];
  return [
    { text: letters.slice(0, first).join(''), isHit: false },
    { text: letters.slice(first, last + 1).join(''), isHit: true },
    { text: letters.slice(last + 1).join(''), isHit: false },
  ].filter((piece) => piece.text !== '');
}

export function isHit(text: string | null, q: string, kind: Kind): boolean {
  return text !== null && pieces(text, q, kind).some((piece) => piece.isHit);
}
