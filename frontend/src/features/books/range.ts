import { addDays, isDate } from '@/lib/time';
import type { Range } from './queries';

export type Preset = 'month' | 'lastMonth' | 'quarter' | 'year';
export const PRESETS: readonly Preset[] = ['month', 'lastMonth', 'quarter', 'year'];

const monthStart = (day: string): string => `${day.slice(0, 7)}-01`;

/** The days of a preset, up to today where it goes on. */
export function rangeOf(preset: Preset, today: string): Range {
  if (preset === 'month') return { from: monthStart(today), to: today };
  if (preset === 'year') return { from: `${today.slice(0, 4)}-01-01`, to: today };
  if (preset === 'lastMonth') {
    const last = addDays(monthStart(today), -1);
    return { from: monthStart(last), to: last };
  }
  const month = Math.floor((Number(today.slice(5, 7)) - 1) / 3) * 3 + 1;
  return { from: `${today.slice(0, 4)}-${String(month).padStart(2, '0')}-01`, to: today };
}

/** The preset that these days are, null for others. */
export function presetOf(range: Range, today: string): Preset | null {
  return PRESETS.find((preset) => {
    const own = rangeOf(preset, today);
    return own.from === range.from && own.to === range.to;
  }) ?? null;
}

/** The range of the address, else this month. */
export function readRange(params: URLSearchParams, today: string): Range {
  const from = params.get('from');
  const to = params.get('to');
  return isDate(from) && isDate(to) && from <= to ? { from, to } : rangeOf('month', today);
}
