/** Which days the numbers are of, as the address says it. */
import '@/i18n/late/numbers';
import { addDays, daysBetween, isDate } from '@/lib/time';

export const PRESETS = ['today', 'yesterday', 'week', 'month', 'custom'] as const;
export type Preset = (typeof PRESETS)[number];
/** The server adds up at most a year. */
export const MOST_DAYS = 366;

export interface DayRange {
  preset: Preset;
  from: string;
  to: string;
}

const DAYS_BACK: Record<Exclude<Preset, 'custom'>, [from: number, to: number]> = {
  today: [0, 0],
  yesterday: [-1, -1],
  week: [-6, 0],
  month: [-29, 0],
};

/** The days of `?days=week`, or of `?from=…&to=…`; today's where the address says nothing that is a range. */
export function readRange(params: URLSearchParams, today: string): DayRange {
  const from = params.get('from');
  const to = params.get('to');
  if (isDate(from) && isDate(to) && rangeFault(from, to) === null) return { preset: 'custom', from, to };
  const wanted = params.get('days');
  const preset = PRESETS.find((one) => one === wanted) ?? 'today';
  const [first, last] = DAYS_BACK[preset === 'custom' ? 'today' : preset];
  return { preset: preset === 'custom' ? 'today' : preset, from: addDays(today, first), to: addDays(today, last) };
}

export function rangeFault(from: string, to: string): 'numbers.badRange' | 'numbers.longRange' | null {
  if (to < from) return 'numbers.badRange';
  return daysBetween(from, to) >= MOST_DAYS ? 'numbers.longRange' : null;
}

export const rangeLength = (range: Pick<DayRange, 'from' | 'to'>): number => daysBetween(range.from, range.to) + 1;
