import { useReducer } from 'react';
import type { PhotoMark } from '@/components/ui/PhotoMarks';

/** As many as the server takes. */
export const MOST_MARKS = 20;
/** What is smaller was a slip of the finger. */
const SMALLEST = 0.02;
/** One press of an arrow key. */
export const STEP = 0.02;

export interface Point {
  x: number;
  y: number;
}

/** A mark in the middle; each further one a little beside, so that none covers another. */
export function newMark(kind: PhotoMark['kind'], count: number): PhotoMark {
  const shift = (count % 5) * 0.05;
  const [from, to] = kind === 'arrow' ? [0.3, 0.5] : [0.38, 0.62];
  return { kind, x1: round(from + shift), y1: round(from + shift), x2: round(to + shift), y2: round(to + shift) };
}

/** A mark drawn from one point to another. */
export function drawn(kind: PhotoMark['kind'], from: Point, to: Point): PhotoMark {
  return { kind, x1: round(from.x), y1: round(from.y), x2: round(to.x), y2: round(to.y) };
}

export function isTooSmall(mark: PhotoMark): boolean {
  return Math.hypot(mark.x2 - mark.x1, mark.y2 - mark.y1) < SMALLEST;
}

/** The mark moved as a whole, as far as the photo goes. */
export function moved(mark: PhotoMark, by: Point): PhotoMark {
  const x = clamp(by.x, -Math.min(mark.x1, mark.x2), 1 - Math.max(mark.x1, mark.x2));
  const y = clamp(by.y, -Math.min(mark.y1, mark.y2), 1 - Math.max(mark.y1, mark.y2));
  return { ...mark, x1: round(mark.x1 + x), y1: round(mark.y1 + y), x2: round(mark.x2 + x), y2: round(mark.y2 + y) };
}

/** The mark with its end elsewhere: an arrow's tip, a circle's corner. It never becomes too small to be seen. */
export function stretched(mark: PhotoMark, by: Point): PhotoMark {
  const next = { ...mark, x2: round(clamp(mark.x2 + by.x, 0, 1)), y2: round(clamp(mark.y2 + by.y, 0, 1)) };
  return isTooSmall(next) ? mark : next;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

/** Four digits: a twentieth of a point on the largest photo, and short on the wire. */
function round(value: number): number {
  return Math.round(clamp(value, 0, 1) * 10_000) / 10_000;
}

/** What is being drawn: the marks, which one is chosen, and what they were before, for undoing. */
export interface Drawing {
  marks: readonly PhotoMark[];
  chosen: number | null;
  before: readonly (readonly PhotoMark[])[];
}

export type DrawingAct =
  | { do: 'add'; mark: PhotoMark }
  | { do: 'change'; index: number; mark: PhotoMark }
  | { do: 'choose'; index: number | null }
  | { do: 'remove'; index: number }
  | { do: 'undo' };

export function draw(drawing: Drawing, act: DrawingAct): Drawing {
  const { marks, before } = drawing;
  switch (act.do) {
    case 'add':
      if (marks.length >= MOST_MARKS) return drawing;
      return { marks: [...marks, act.mark], chosen: marks.length, before: [...before, marks] };
    case 'change': {
      const next = marks.map((mark, index) => (index === act.index ? act.mark : mark));
      return { marks: next, chosen: act.index, before: [...before, marks] };
    }
    case 'choose':
      return { ...drawing, chosen: act.index };
    case 'remove':
      return { marks: marks.filter((_, index) => index !== act.index), chosen: null, before: [...before, marks] };
    case 'undo':
      return { marks: before.at(-1) ?? marks, chosen: null, before: before.slice(0, -1) };
  }
}

export function useDrawing(marks: readonly PhotoMark[]) {
  return useReducer(draw, { marks, chosen: null, before: [] });
}
