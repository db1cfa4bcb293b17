/** The shop's colour, made fit to be seen: on the grounds of either theme, and with a sign on it. */

export interface BrandTones {
  /** The colour itself, or as much lighter or darker as it takes to stand out from the page. */
  ground: string;
  /** What is drawn on it. */
  ink: string;
}

/** What the mark stands on: the canvas of the sign-in page and the surface of the menu, as in tokens.css. */
export const GROUNDS = { light: ['#f6f7f9', '#ffffff'], dark: ['#0b0f14', '#151b23'] } as const;
/** WCAG 1.4.11: what is needed to recognise a graphic. */
const LEAST = 3;
const INKS = ['#ffffff', '#0b1220'] as const;
const DEFAULT = '#1d4ed8';
const STEPS = 50;

type Rgb = readonly [number, number, number];

function parse(color: string): Rgb {
  const digits = /^#[0-9a-f]{6}$/i.test(color) ? color.slice(1) : DEFAULT.slice(1);
  const at = (index: number): number => parseInt(digits.slice(index, index + 2), 16);
  return [at(0), at(2), at(4)];
}

function luminance(color: string): number {
  const [red, green, blue] = parse(color).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The contrast of two colours by WCAG, 1 to 21. */
export function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** A colour on its way to white or black; `share` 0 is the colour itself. */
function toward(color: string, end: 0 | 255, share: number): string {
  return `#${parse(color)
    .map((part) => Math.round(part + (end - part) * share).toString(16).padStart(2, '0'))
    .join('')}`;
}

/** The colour as a theme can show it: changed only as far as it must be. Anything but `#rrggbb` counts as Keytag's own. */
export function brandTones(color: string, theme: keyof typeof GROUNDS): BrandTones {
  let ground = color;
  for (let step = 0; step <= STEPS; step += 1) {
    ground = toward(color, theme === 'dark' ? 255 : 0, step / STEPS);
    const tried = ground;
    if (GROUNDS[theme].every((page) => contrast(tried, page) >= LEAST)) break;
  }
  return { ground, ink: contrast(ground, INKS[0]) >= contrast(ground, INKS[1]) ? INKS[0] : INKS[1] };
}
