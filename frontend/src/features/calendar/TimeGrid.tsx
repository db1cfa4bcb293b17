import type { ReactNode } from 'react';
import { useCallback, useLayoutEffect, useMemo, useRef } from 'react';
import '@/i18n/late/calendar';
import { t } from '@/i18n/t';
import { useCoarsePointer } from '@/lib/media';
import { useSize } from '@/lib/size';
import { instantAt } from './axis';
import { useCalendar } from './CalendarContext';
import type { ColumnSource, GridColumn } from './columns';
import { layOut, showsPlan } from './columns';
import { zonesOf } from './labels';
import { SLOT } from './grid-keys';
import { HourLines, HourRail } from './HourRail';
import { firstSight } from './layout';
import { SNAP, movedBy, resizedTo } from './plan';
import { TimeColumn } from './TimeColumn';
import type { CalendarEvent } from './types';
import type { DragKind } from './useDrag';
import { useDrag } from './useDrag';
import { useGridCursor } from './useGridCursor';
import { useKeptFocus } from './useKeptFocus';
import type { Planner } from './usePlanning';

interface TimeGridProps {
  /** What the grid shows: `November 15 – 21, 2026`. */
  range: string;
  sources: readonly ColumnSource[];
  /** A column's head. */
  head: (column: GridColumn) => ReactNode;
  /** Pixels: the least width of a column, and of a lane in it. */
  widths: { column: number; lane: number };
  planner: Planner;
  isLoading: boolean;
}

interface GridSpot {
  column: GridColumn;
  index: number;
  minute: number;
}

const RAIL = 56;
const MOUSE = { hour: 64, least: 22.5 };
const TOUCH = { hour: 92, least: 30 };
/** What is seen at first above the hour that matters, in minutes. */
const LEAD = 40;

/** Hours from top to bottom, days or technicians from left to right. Stays mounted while its columns change. */
export function TimeGrid({ range, sources, head, widths, planner, isLoading }: TimeGridProps) {
  const calendar = useCalendar();
  const { hour, least } = useCoarsePointer() ? TOUCH : MOUSE;
  const scale = hour / 60;
  const scroller = useRef<HTMLDivElement>(null);
  const surface = useRef<HTMLDivElement>(null);
  const { width } = useSize(scroller);
  const columnWidth = Math.max(widths.column, (width - RAIL) / Math.max(1, sources.length));
  const mostLanes = Math.max(1, Math.floor((columnWidth - 28) / widths.lane));

  const { axis, columns } = useMemo(() => layOut(sources, { leastMinutes: least, mostLanes }), [sources, least, mostLanes]);
  const { planning, clashes } = planner;
  const sendFocus = useKeptFocus(surface, planning);
  const { cursor, handlers, point } = useGridCursor(columns, axis, planner, sendFocus);

  // Only until the first appointments are here: afterwards, and from their first scroll on, the person scrolls.
  const sight = useRef<{ top: number; isSettled: boolean } | null>(null);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || sight.current?.isSettled) return;
    const isTheirs = sight.current !== null && Math.abs(element.scrollTop - sight.current.top) > 1;
    if (!isTheirs) element.scrollTo({ top: firstSight(axis, sources, { opens: calendar.opens, now: Date.now(), lead: LEAD }) * scale });
    sight.current = { top: element.scrollTop, isSettled: isTheirs || !isLoading };
  }, [axis, sources, calendar.opens, scale, isLoading]);

  const dragged = useRef<{ event: CalendarEvent; kind: DragKind; from: GridSpot } | null>(null);
  const locate = useCallback(
    (x: number, y: number): GridSpot | null => {
      const boxes = surface.current?.querySelectorAll<HTMLElement>('[data-column-box]') ?? [];
      for (const [index, box] of boxes.entries()) {
        const { left, right, top: boxTop } = box.getBoundingClientRect();
        const isFirst = index === 0 && x < left;
        const isLast = index === boxes.length - 1 && x >= right;
        const column = columns[index];
        if (column && ((x >= left && x < right) || isFirst || isLast)) return { column, index, minute: (y - boxTop) / scale };
      }
      return null;
    },
    [columns, scale],
  );
  useDrag<GridSpot>(surface, scroller, {
    locate,
    onBegin: (id, kind, from) => {
      const event = from.column.events.find((one) => one.id === id);
      if (!event || !planner.begin(event, 'pointer')) return false;
      dragged.current = { event, kind, from };
      return true;
    },
    onDrag: (to) => {
      const held = dragged.current;
      if (held) planner.change(held.kind === 'resize' ? resizedTo(held.event, axis, to) : movedBy(held.event, axis, held.from, to));
    },
    onDrop: planner.commit,
    onCancel: planner.cancel,
    onGround: ({ column, index, minute }, isTouch) => {
      const slot = Math.floor(minute / SLOT) * SLOT;
      const isFree = column.stops.some((stop) => stop.id === `slot:${slot}`);
      if (isFree && (isTouch || !calendar.canEdit)) point(index, slot);
      else if (calendar.canEdit) {
        const start = instantAt(axis, column.day, Math.floor(minute / SNAP) * SNAP);
        calendar.create({ start, end: start + 2 * SLOT * 60_000, techId: column.tech?.id ?? null });
      }
    },
  });

  const height = axis.length * scale;
  const minWidth = RAIL + widths.column * columns.length;
  return (
    <div ref={scroller} data-time-grid className="relative min-h-0 flex-1 overflow-auto overscroll-contain bg-surface">
      <div style={{ minWidth }}>
        <div className="sticky top-0 z-20 flex border-b border-line bg-surface">
          <span className="sticky left-0 z-10 flex w-14 shrink-0 flex-col items-end justify-end border-r border-line bg-surface pr-2 pb-1 text-xs leading-3.5 text-muted">
            {zonesOf(columns.map((column) => column.day)).map((name) => (
              <span key={name}>{name}</span>
            ))}
          </span>
          {columns.map((column, index) => (
            <div key={index} className="flex min-w-0 flex-1 border-l border-line first-of-type:border-l-0">
              {head(column)}
            </div>
          ))}
        </div>
        <div className="relative flex" style={{ height }}>
          <HourRail axis={axis} days={columns.map((column) => column.day)} scale={scale} />
          <div className="relative min-w-0 flex-1">
            <HourLines axis={axis} opens={calendar.opens} closes={calendar.closes} scale={scale} />
            <div
              ref={surface}
              role="grid"
              aria-label={t(calendar.canEdit ? 'calendar.grid' : 'calendar.grid.readOnly', { range })}
              aria-readonly={!calendar.canEdit}
              aria-busy={isLoading}
              className="relative flex h-full"
            >
              {columns.map((column, index) => {
                const columnHandlers = handlers[index];
                return columnHandlers ? (
                  <TimeColumn
                    // By place: another week is written into the same columns.
                    key={index}
                    column={column}
                    axis={axis}
                    scale={scale}
                    width={Math.round(columnWidth)}
                    activeId={cursor?.column === index ? cursor.id : null}
                    planning={planning && showsPlan(column, planning.plan) ? planning : null}
                    liftedId={planning && column.events.some((event) => event.id === planning.event.id) ? planning.event.id : null}
                    isClashing={planning !== null && clashes.length > 0 && showsPlan(column, planning.plan)}
                    isLoading={isLoading}
                    handlers={columnHandlers}
                  />
                ) : null;
              })}
            </div>
          </div>
        </div>
      </div>
    </div>
  );
}
