import { isHit, pieces } from './match';

const hit = (text: string, q: string, kind: 'words' | 'digits' | 'plate') => pieces(text, q, kind).find((piece) => piece.isHit)?.text;

describe('what the search found', () => {
  it('marks the tail of a phone across its dash', () => {
    expect(hit('(718) 555-0142', '50142', 'digits')).toBe('5-0142');
  });

  it('marks the last place in a phone, where people know it', () => {
    expect(pieces('(718) 718-0718', '718', 'digits').at(-1)).toEqual({ text: '718', isHit: true });
  });

  it('marks a plate whatever its dashes and case', () => {
    expect(hit('VJB-0992', 'b09', 'plate')).toBe('B-09');
  });

  it('marks a name without its accents and case', () => {
    expect(hit('Zoë Cárdenas', 'carden', 'words')).toBe('Cárden');
    expect(hit('Zoë Cárdenas', 'ZOE', 'words')).toBe('Zoë');
  });

  it('marks nothing when only a similar name was found or the text is one letter', () => {
    expect(pieces('Garcia', 'gracia', 'words')).toEqual([{ text: 'Garcia', isHit: false }]);
    expect(isHit('Garcia', 'g', 'words')).toBe(false);
    expect(isHit(null, 'garcia', 'words')).toBe(false);
  });

  it('keeps the whole text, in order', () => {
    expect(pieces('2HGFC2F59KH512345', '2345', 'plate').map((piece) => piece.text).join('')).toBe('2HGFC2F59KH512345');
  });
});
