import { addDays } from '@/lib/time';
import type { ComparedFigure, Stats } from '@/types';
import { rangeLength } from './range';

const HEIGHT = 24;
const STEP = 4;

/** A small picture in a tile of what its number says already: revenue's days as a line, a share as a bar. */
export function TileChart({ figure, stats }: { figure: ComparedFigure; stats: Stats }) {
  if (figure.formula.key === 'revenue' && stats.revenueByDay && rangeLength(stats) > 1) return <Line days={stats.revenueByDay} stats={stats} />;
  if (figure.formula.unit !== 'share' || figure.value === null) return null;
  return (
    <span aria-hidden className="mt-1 block h-1.5 w-full overflow-hidden rounded-chip bg-sunken">
      <span className="block h-full rounded-chip bg-primary" style={{ width: `${Math.min(100, figure.value / 100)}%` }} />
    </span>
  );
}

function Line({ days, stats }: { days: NonNullable<Stats['revenueByDay']>; stats: Stats }) {
  const cents = new Map(days.map((one) => [one.day, one.cents]));
  const length = rangeLength(stats);
  const high = Math.max(1, ...cents.values());
  const low = Math.min(0, ...cents.values());
  const points = Array.from({ length }, (_, index) => {
    const share = ((cents.get(addDays(stats.from, index)) ?? 0) - low) / (high - low);
    return `${index * STEP},${(1 - share) * HEIGHT}`;
  });
  return (
    <svg aria-hidden viewBox={`0 0 ${(length - 1) * STEP} ${HEIGHT}`} preserveAspectRatio="none" className="mt-1 h-6 w-full overflow-visible">
      <polyline points={points.join(' ')} vectorEffect="non-scaling-stroke" strokeWidth={1.5} className="fill-none stroke-primary" />
    </svg>
  );
}
