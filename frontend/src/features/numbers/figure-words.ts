/** Figures as people read them. Every number of the server is whole; what it counts is its unit. */
import '@/i18n/late/numbers';
import { LOCALE, t } from '@/i18n/t';
import { moneyText, withMinus } from '@/lib/money';
import { spanWords } from '@/lib/time';
import type { ComparedFigure, Figure, Unit } from '@/types';

const count = new Intl.NumberFormat(LOCALE);
const percent = new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 1 });
const change = new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 0, signDisplay: 'always' });
const signed = new Intl.NumberFormat(LOCALE, { signDisplay: 'always' });
const tenths = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** `1,204`, `$412.80`, `$118.40/h`, `3 h 10 min`, `36.5 h`, `71.4%`; nothing to divide by has no number. */
export function figureText(value: number | null, unit: Unit, currency: string): string {
  if (value === null) return t('numbers.none');
  if (unit === 'cents') return moneyText(value, currency);
  if (unit === 'cents_per_hour') return t('numbers.perHour', { amount: moneyText(value, currency) });
  if (unit === 'seconds') return Math.abs(value) < 60 ? exactText(value, unit, currency) : `${minusOf(value)}${spanWords(value * 1000)}`;
  if (unit === 'minutes') return t('numbers.hours', { count: tenths.format(value / 60) });
  if (unit === 'mean') return tenths.format(value / 10);
  return unit === 'share' ? percent.format(value / 10_000) : count.format(value);
}

const minusOf = (value: number): string => (value < 0 ? '\u2212' : '');
const PARTS = { d: 86_400, h: 3_600, min: 60, s: 1 } as const;

/** The same as what is added up or divided, so that who adds or divides gets the result: `16 d 17 h 41 min`, `36 h 30 min`. */
export function exactText(value: number | null, unit: Unit, currency: string): string {
  if (value === null || (unit !== 'seconds' && unit !== 'minutes')) return figureText(value, unit, currency);
  return unit === 'minutes' ? partsText(value * 60, ['h', 'min']) : partsText(value, ['d', 'h', 'min', 's']);
}

/** What a row counts below the line. Hours that are sold have no days: `300 h 12 min`. */
export function weightText(value: number | null, { unit, weightUnit }: Figure['formula'], currency: string): string {
  if (value !== null && unit === 'cents_per_hour') return partsText(value, ['h', 'min', 's']);
  return exactText(value, weightUnit ?? 'count', currency);
}

/** Seconds in these parts, from the largest to the smallest, without those that are nothing. */
function partsText(seconds: number, parts: readonly (keyof typeof PARTS)[]): string {
  let rest = Math.abs(seconds);
  const words = parts.flatMap((part) => {
    const amount = Math.floor(rest / PARTS[part]);
    rest -= amount * PARTS[part];
    return amount === 0 ? [] : [t(`numbers.part.${part}`, { amount: count.format(amount) })];
  });
  return words.length === 0 ? t(`numbers.part.${parts.at(-1) ?? 's'}`, { amount: '0' }) : `${minusOf(seconds)}${words.join(' ')}`;
}

export interface Change {
  words: string;
  /** Null where there was nothing to stand against: no sign would be true. */
  direction: 'up' | 'down' | 'same' | null;
}

function pointsOf(difference: number, days: number): Change {
  if (difference === 0) return { words: t('numbers.before.same', { count: days }), direction: 'same' };
  // Half away from nothing, as the server rounds.
  const points = Math.sign(difference) * Math.round(Math.abs(difference) / 100);
  if (points === 0) return { words: t('numbers.before.about', { count: days }), direction: 'same' };
  const amount = t('numbers.points', { amount: withMinus(signed.format(points)) });
  return { words: t('numbers.before', { change: amount, count: days }), direction: points > 0 ? 'up' : 'down' };
}

/** How a figure stands to that of as many days before; null where there is nothing to say. */
export function changeOf(figure: ComparedFigure, days: number): Change | null {
  const { value, previous, formula } = figure;
  if (previous === null || value === null) return null;
  const before = previous.value;
  // A share of a share says nothing: from 40% to 44% is 4 points.
  if (formula.unit === 'share' && before !== null) return pointsOf(value - before, days);
  if (before === null || (before === 0 && value !== 0)) return { words: t('numbers.before.none', { count: days }), direction: null };
  if (before === value) return { words: t('numbers.before.same', { count: days }), direction: 'same' };
  const difference = value - before;
  const isFew = formula.unit === 'count' && Math.abs(before) < 20;
  if (!isFew && Math.abs(difference / before) < 0.005) return { words: t('numbers.before.about', { count: days }), direction: 'same' };
  const text = isFew ? signed.format(difference) : change.format(difference / Math.abs(before));
  return { words: t('numbers.before', { change: withMinus(text), count: days }), direction: difference > 0 ? 'up' : 'down' };
}
