import { useNow } from '@/lib/now';
import type { Axis, LocalDay } from './axis';
import { isWithin, positionOf } from './axis';

/** The present moment in a column of today. Its own component: the clock redraws nothing else. */
export function NowLine({ day, axis, scale }: { day: LocalDay; axis: Axis; scale: number }) {
  const now = useNow();
  if (!isWithin(day, now)) return null;
  return (
    <div
      aria-hidden
      data-now
      className="pointer-events-none absolute inset-x-0 z-[5] h-0.5 -translate-y-px bg-danger"
      style={{ top: positionOf(axis, day, now) * scale }}
    >
      <span className="absolute -top-[3px] -left-1 size-2 rounded-full bg-danger" />
    </div>
  );
}
