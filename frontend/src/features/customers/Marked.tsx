import { pieces } from './match';

/** A text with the part that the search found. */
export function Marked({ text, q, kind }: { text: string; q: string; kind: 'words' | 'digits' | 'plate' }) {
  return pieces(text, q, kind).map((piece, index) =>
    piece.isHit ? (
      <mark key={index} className="rounded-chip bg-warning-soft text-warning">
        {piece.text}
      </mark>
    ) : (
      piece.text
    ),
  );
}
