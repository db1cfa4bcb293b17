/** An inspection's answers, wherever they are shown: the sign of each, and what a point's limits say of a reading. Pure. */
import type { LucideIcon } from 'lucide-react';
import { CircleAlert, CircleCheck, CircleX, MinusCircle } from 'lucide-react';

export type Result = 'pass' | 'attention' | 'fail' | 'na';

/** ✓ ! ✗ –: one sign for one answer on the tablet, at the desk and on the customer's phone. */
export const SIGNS: Record<Result, LucideIcon> = { pass: CircleCheck, attention: CircleAlert, fail: CircleX, na: MinusCircle };

/** Open bounds in the reading's unit; null is none. */
export interface Limits {
  failBelow?: number | string | null;
  attentionBelow?: number | string | null;
  attentionAbove?: number | string | null;
  failAbove?: number | string | null;
}
type Bound = number | string | null | undefined;

/** What the limits say of a value; null where there are none: then only a person can say. They have the last word anyway. */
export function suggested(limits: Limits | null, value: number): Result | null {
  const { failBelow, attentionBelow, attentionAbove, failAbove } = limits ?? {};
  const isGiven = (bound: Bound): bound is number | string => bound !== null && bound !== undefined;
  const below = (bound: Bound): boolean => isGiven(bound) && value < Number(bound);
  const above = (bound: Bound): boolean => isGiven(bound) && value > Number(bound);
  if (below(failBelow) || above(failAbove)) return 'fail';
  if (below(attentionBelow) || above(attentionAbove)) return 'attention';
  return [failBelow, attentionBelow, attentionAbove, failAbove].some(isGiven) ? 'pass' : null;
}

/** A reading this many times its largest limit was typed wrong: a comma slipped, or a glove pressed twice. */
const ABSURD = 100;
/** The most that a reading of a point with these limits can be; null where there are none to go by. */
export function mostOf(limits: Limits | null): number | null {
  const { failBelow, attentionBelow, attentionAbove, failAbove } = limits ?? {};
  const bounds = [failBelow, attentionBelow, attentionAbove, failAbove].map(Number).filter((bound) => bound > 0);
  return bounds.length === 0 ? null : Math.max(...bounds) * ABSURD;
}

/** What the limits say of a reading where the answer is another one; null where they agree, or either is not there. */
export function contraryTo(limits: Limits | null, reading: number | string | null, result: Result | null): Result | null {
  if (reading === null || result === null || result === 'na') return null;
  const says = suggested(limits, Number(reading));
  return says === result ? null : says;
}

/** A unit by itself: `1/32 in`, `mm`. */
export function unitWords(unit: string): string {
  return unit.startsWith('/') ? `1${unit}` : unit;
}

/** A unit that is a part of an inch is said as a fraction of one: `4/32 in`; others follow the figure: `32 PSI`. */
export function readingWords(reading: number | string, unit: string | null): string {
  return unit?.startsWith('/') ? `${reading}${unit}` : `${reading} ${unit ?? ''}`.trim();
}
