import { useClockIsRight } from '@/lib/device-clock';
import { useNow } from '@/lib/now';
import type { Axis, LocalDay } from './axis';
import { isWithin, positionOf } from './axis';
import { shortTime } from './labels';

/**
 * The present moment in a column of today, behind the appointments; nothing while this device's clock is wrong. Its own
 * component: the clock redraws nothing else.
 */
export function NowLine({ day, axis, scale }: { day: LocalDay; axis: Axis; scale: number }) {
  const now = useNow();
  const isRight = useClockIsRight();
  if (!isRight || !isWithin(day, now)) return null;
  return (
    <div
      aria-hidden
      data-now
      className="pointer-events-none absolute inset-x-0 h-0.5 -translate-y-px bg-danger"
      style={{ top: positionOf(axis, day, now) * scale }}
    >
      <span className="absolute -top-[3px] -left-1 size-2 rounded-full bg-danger" />
    </div>
  );
}

/** The present time at the hours. */
export function NowMark({ days, axis, scale }: { days: readonly LocalDay[]; axis: Axis; scale: number }) {
  const now = useNow();
  const today = days.find((day) => isWithin(day, now));
  const isRight = useClockIsRight();
  if (!isRight || !today) return null;
  return (
    <span
      className="tabular absolute right-0 z-[1] -translate-y-1/2 rounded-l-chip bg-danger px-1 text-xs leading-4 whitespace-nowrap text-surface"
      style={{ top: positionOf(axis, today, now) * scale }}
    >
      {shortTime(today, now)}
    </span>
  );
}
