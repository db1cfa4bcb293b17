import { clsx } from 'clsx';
import { TriangleAlert } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { Axis, LocalDay } from './axis';
import { positionOf } from './axis';
import { eventName, spanLabel } from './labels';
import type { Planning } from './usePlanning';

interface PlanPreviewProps {
  planning: Planning;
  isClashing: boolean;
  day: LocalDay;
  axis: Axis;
  scale: number;
}

/** Where the appointment would stand. It is spoken and written out in the bar below; here it is only drawn. */
export function PlanPreview({ planning, isClashing, day, axis, scale }: PlanPreviewProps) {
  const { plan, event, by } = planning;
  const top = positionOf(axis, day, plan.start);
  const bottom = Math.max(positionOf(axis, day, plan.end), top + 15);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (by === 'keys') box.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [by, plan]);
  return (
    <div
      ref={box}
      aria-hidden
      data-plan
      className={clsx(
        'pointer-events-none absolute inset-x-0.5 z-10 flex scroll-my-20 flex-col overflow-hidden rounded-chip border-2 px-1.5 text-xs shadow-menu',
        isClashing ? 'border-danger bg-danger-soft text-danger' : 'border-primary bg-raised text-ink',
      )}
      style={{ top: top * scale, height: (bottom - top) * scale }}
    >
      <span className="tabular flex items-center gap-1 font-semibold">
        {isClashing ? <TriangleAlert size={12} className="shrink-0" /> : null}
        <span className="truncate">{spanLabel(day, plan.start, plan.end)}</span>
      </span>
      <span className="truncate">{eventName(event)}</span>
    </div>
  );
}
