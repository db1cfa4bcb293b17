import { memo } from 'react';
import { zoneName } from '@/lib/time';
import type { Axis, LocalDay } from './axis';
import { foldOf, hourRows, instantAt, wallPosition } from './axis';
import { hourLabel } from './labels';
import { NowMark } from './NowLine';

/** The hours at the left. An hour that comes twice stands twice, each with the zone's name at that time. */
export function HourRail({ axis, days, scale }: { axis: Axis; days: readonly LocalDay[]; scale: number }) {
  const changing = days.find((day) => foldOf(day) !== null);
  return (
    <div aria-hidden className="sticky left-0 z-[15] w-14 shrink-0 border-r border-line bg-surface" style={{ height: axis.length * scale }}>
      <HourNames axis={axis} changing={changing} scale={scale} />
      <NowMark days={days} axis={axis} scale={scale} />
    </div>
  );
}

const HourNames = memo(function HourNames({ axis, changing, scale }: { axis: Axis; changing: LocalDay | undefined; scale: number }) {
  return hourRows(axis).map((row, index) =>
    index === 0 ? null : (
      <span
        key={row.position}
        className="tabular absolute right-2 -translate-y-1/2 text-right text-xs leading-3.5 text-muted"
        style={{ top: row.position * scale }}
      >
        {hourLabel(row.minute)}
        {axis.repeat && changing && row.minute === axis.repeat.from ? (
          <span className="block text-xs">{zoneName(changing.zone, instantAt(axis, changing, row.position))}</span>
        ) : null}
      </span>
    ),
  );
});

/** Behind the columns: lines at the hours, thinner at the half hours, shade outside opening hours. */
export const HourLines = memo(function HourLines({ axis, opens, closes, scale }: { axis: Axis; opens: number; closes: number; scale: number }) {
  return (
    <div aria-hidden className="pointer-events-none absolute inset-0">
      <div className="absolute inset-x-0 top-0 bg-sunken" style={{ height: wallPosition(axis, opens) * scale }} />
      <div className="absolute inset-x-0 bottom-0 bg-sunken" style={{ top: wallPosition(axis, closes) * scale }} />
      {hourRows(axis).map((row) => (
        <div
          key={row.position}
          className="absolute inset-x-0 border-t border-line"
          style={{ top: row.position * scale, height: row.length * scale }}
        >
          <div className="h-1/2 border-b border-dashed border-line opacity-60" />
        </div>
      ))}
    </div>
  );
});
