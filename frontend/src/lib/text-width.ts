/** How wide words are drawn, without drawing them: measuring what is drawn would make the browser lay out the page each time. */

/** Pixels that a letter takes on average where nothing can be measured. */
const LETTER = 6.4;
const known = new Map<string, number>();
let canvas: CanvasRenderingContext2D | null | undefined;

/** The width of words of the small size (`text-xs`), in pixels, rounded up. */
export function smallTextWidth(text: string, weight: 400 | 500 = 500): number {
  const key = `${weight} ${text}`;
  let width = known.get(key);
  if (width === undefined) {
    width = Math.ceil(measure(text, weight));
    known.set(key, width);
  }
  return width;
}

function measure(text: string, weight: number): number {
  const { fontFamily } = getComputedStyle(document.body);
  const size = 0.75 * (parseFloat(getComputedStyle(document.documentElement).fontSize) || 16);
  try {
    canvas ??= document.createElement('canvas').getContext('2d');
  } catch {
    canvas = null;
  }
  if (!canvas) return text.length * LETTER;
  canvas.font = `${weight} ${size}px ${fontFamily}`;
  return canvas.measureText(text).width;
}
