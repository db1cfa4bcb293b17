import type { ComparedFigure, FigureRow, Stats, Unit } from '@/types';

interface Made {
  value?: number | null;
  numerator?: number;
  denominator?: number | null;
  count?: number;
  unit?: Unit;
  previous?: number | null;
}

/** A figure for tests; a plain count unless it says more. */
export function makeFigure(key: string, { value = 3, numerator, denominator = null, count = 3, unit = 'count', previous = null }: Made = {}): ComparedFigure {
  const sums = { numerator: numerator ?? value ?? 0, denominator, count };
  return {
    value,
    ...sums,
    formula: { key, words: `How ${key} is computed.`, version: 1, unit, rowUnit: unit, weightUnit: denominator === null ? null : 'count' },
    previous: previous === null ? null : { value: previous, ...sums },
  };
}

export function makeStats(figures: ComparedFigure[], changes: Partial<Stats> = {}): Stats {
  return {
    location: { id: 'brooklyn', name: 'Brooklyn', timezone: 'America/New_York', currency: 'USD' },
    from: '2026-11-14',
    to: '2026-11-20',
    today: '2026-11-20',
    techId: null,
    computedAt: new Date().toISOString(),
    jobsToday: 3,
    carsOnPremises: 0,
    scheduled: 0,
    inProgress: 0,
    ready: 0,
    completed: 0,
    noShow: 0,
    unpaidTotal: 0,
    figures,
    revenueByDay: [],
    hoursByTechnician: [],
    ...changes,
  };
}

export function makeFigureRow(changes: Partial<FigureRow> = {}): FigureRow {
  return {
    id: 'r1',
    appointmentId: 'a1',
    number: 1042,
    reference: null,
    kind: 'COMPLETED',
    who: 'Ana Reyes · 2019 Toyota Corolla',
    day: '2026-11-20',
    techId: null,
    techName: null,
    value: 1,
    weight: null,
    ...changes,
  };
}
