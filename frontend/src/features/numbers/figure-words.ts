/** Figures as people read them. Every number of the server is whole; what it counts is its unit. */
import '@/i18n/late/numbers';
import { LOCALE, t } from '@/i18n/t';
import { moneyText } from '@/lib/money';
import { spanWords } from '@/lib/time';
import type { ComparedFigure, Unit } from '@/types';

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
  if (unit === 'seconds') return value < 60 ? t('numbers.seconds', { count: value }) : spanWords(value * 1000);
  if (unit === 'minutes') return t('numbers.hours', { count: tenths.format(value / 60) });
  if (unit === 'mean') return tenths.format(value / 10);
  return unit === 'share' ? percent.format(value / 10_000) : count.format(value);
}

/** The same as a part of a division, so that who divides gets the result: `16 d 17 h 41 min`, `36 h 30 min`. */
export function exactText(value: number | null, unit: Unit, currency: string): string {
  if (value === null || (unit !== 'seconds' && unit !== 'minutes')) return figureText(value, unit, currency);
  if (unit === 'minutes') return t('numbers.exact.minutes', { hours: count.format(Math.floor(value / 60)), minutes: value % 60 });
  const minutes = Math.floor(value / 60);
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return t('numbers.exact.hours', { hours, minutes: minutes % 60, seconds: value % 60 });
  return t('numbers.exact.days', { days: count.format(Math.floor(hours / 24)), hours: hours % 24, minutes: minutes % 60 });
}

export interface Change {
  words: string;
  /** Null where there was nothing to stand against: no sign would be true. */
  direction: 'up' | 'down' | 'same' | null;
}

/** How a figure stands to that of as many days before; null where there is nothing to say. */
export function changeOf(figure: ComparedFigure, days: number): Change | null {
  const { value, previous, formula } = figure;
  if (previous === null || value === null) return null;
  const before = previous.value;
  if (before === null || (before === 0 && value !== 0)) return { words: t('numbers.before.none', { count: days }), direction: null };
  if (before === value) return { words: t('numbers.before.same', { count: days }), direction: 'same' };
  const difference = value - before;
  const isFew = formula.unit === 'count' && Math.abs(before) < 20;
  const text = isFew ? signed.format(difference) : change.format(difference / Math.abs(before));
  return { words: t('numbers.before', { change: text, count: days }), direction: difference > 0 ? 'up' : 'down' };
}
