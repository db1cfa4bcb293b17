/** How wide words are drawn, without drawing them: measuring what is drawn would make the browser lay out the page each time. */

/** Pixels that a letter takes on average where nothing can be measured. */
const LETTER = 6.4;
const known = new Map<string, number>();
let canvas: CanvasRenderingContext2D | null | undefined;
let fontSet: string | undefined;

/** The width of words of the small size (`text-xs`), in pixels, rounded up. */
export function smallTextWidth(text: string, weight: 400 | 500 | 600 = 500): number {
  const key = `${weight} ${text}`;
  let width = known.get(key);
  if (width === undefined) {
    width = Math.ceil(measure(text, weight));
    known.set(key, width);
  }
  return width;
}

/** The page's own font at the small size: asked for once, as the browser brings its styles up to date for each question. */
let small: string | undefined;

function measure(text: string, weight: number): number {
  try {
    canvas ??= document.createElement('canvas').getContext('2d');
  } catch {
    canvas = null;
  }
  if (!canvas) return text.length * LETTER;
  if (small === undefined) {
    const { fontFamily } = getComputedStyle(document.body);
    small = `${0.75 * (parseFloat(getComputedStyle(document.documentElement).fontSize) || 16)}px ${fontFamily}`;
  }
  const font = `${weight} ${small}`;
  if (fontSet !== font) {
    canvas.font = font;
    fontSet = font;
  }
  return canvas.measureText(text).width;
}
