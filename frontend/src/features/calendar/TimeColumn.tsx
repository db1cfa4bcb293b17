import { clsx } from 'clsx';
import { Plus } from 'lucide-react';
import type { FocusEvent, KeyboardEvent, MouseEvent } from 'react';
import { memo } from 'react';
import { Skeleton } from '@/components/ui/Skeleton';
import '@/i18n/late/calendar';
import { t } from '@/i18n/t';
import type { Axis } from './axis';
import { instantAt } from './axis';
import type { GridColumn } from './columns';
import { EventBlock } from './EventBlock';
import { SLOT } from './grid-keys';
import { columnName, spanLabel, timeLabel } from './labels';
import { NowLine } from './NowLine';
import { PlanPreview } from './PlanPreview';
import type { Planning } from './usePlanning';

/** What every stop of a column does; the same object at each drawing. */
export interface StopHandlers {
  column: number;
  canEdit: boolean;
  onClick: (event: MouseEvent<HTMLElement>) => void;
  onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
  onFocus: (event: FocusEvent<HTMLElement>) => void;
}

interface TimeColumnProps {
  column: GridColumn;
  axis: Axis;
  /** Pixels per minute, and the column's pixels. */
  scale: number;
  width: number;
  /** The stop of this column that the tab key reaches. */
  activeId: string | null;
  /** A plan that stands in this column. */
  planning: Planning | null;
  /** The appointment that is being moved, wherever it stands. */
  liftedId: string | null;
  isClashing: boolean;
  isLoading: boolean;
  handlers: StopHandlers;
}

/** Pixels kept free at the right, for the rail of those that found no lane; and at the left. */
const GUTTER = { more: 28, free: 6 };
const EDGE = 2;
const WAITING = [510, 630, 780] as const;

/** A day, or a technician's day. */
export const TimeColumn = memo(function TimeColumn(props: TimeColumnProps) {
  const { column, axis, scale, activeId, planning, handlers } = props;
  const { day, layout } = column;
  const gutter = layout.more.length ? GUTTER.more : GUTTER.free;
  const slot = activeId?.startsWith('slot:') ? Number(activeId.slice(5)) : null;
  return (
    <div
      role="row"
      aria-label={columnName(column)}
      data-column-box={handlers.column}
      className="relative min-w-0 flex-1 border-l border-line first:border-l-0"
    >
      <span role="rowheader" className="sr-only">
        {columnName(column)}
      </span>
      <div data-ground className={clsx('absolute inset-0', handlers.canEdit && 'cursor-cell')} />
      {column.absent.map((span) => (
        <div
          key={span.from}
          aria-hidden
          className="absolute inset-x-0 bg-sunken"
          style={{
            top: span.from * scale,
            height: (span.to - span.from) * scale,
            backgroundImage: 'repeating-linear-gradient(135deg, var(--line) 0 1px, transparent 1px 7px)',
          }}
        />
      ))}
      <NowLine day={day} axis={axis} scale={scale} />
      <div className="pointer-events-none absolute inset-y-0" style={{ left: EDGE, right: gutter }}>
        <div className="relative h-full [&_[data-event-box]]:pointer-events-auto" role="presentation">
          {layout.placed.map((placed, place) => (
            <EventBlock
              // A step gives the blocks to other appointments, as a month's rows: making a hundred anew is what took longest.
              key={place}
              placed={placed}
              day={day}
              scale={scale}
              width={props.width - gutter - EDGE}
              showsTech={!column.tech}
              isActive={activeId === placed.event.id}
              isLifted={props.liftedId === placed.event.id}
              handlers={handlers}
            />
          ))}
        </div>
      </div>
      {layout.more.map((more) => {
        const time = spanLabel(day, Math.max(day.start, instantAt(axis, day, more.top)), instantAt(axis, day, more.bottom));
        return (
          <div key={more.id} role="gridcell" className="absolute right-0.5 w-6 p-px" style={{ top: more.top * scale, height: (more.bottom - more.top) * scale }}>
            <button
              type="button"
              data-stop={more.id}
              data-column={handlers.column}
              tabIndex={activeId === more.id ? 0 : -1}
              aria-label={t('calendar.more.label', { count: more.events.length, time })}
              title={t('calendar.more.label', { count: more.events.length, time })}
              onClick={handlers.onClick}
              onKeyDown={handlers.onKeyDown}
              onFocus={handlers.onFocus}
              className="tabular flex h-full w-full items-start justify-center rounded-chip border border-line bg-sunken pt-1 text-xs font-medium text-muted hover:text-ink"
            >
              {t('calendar.more', { count: more.events.length })}
            </button>
          </div>
        );
      })}
      {slot !== null ? (
        <div role="gridcell" className="absolute inset-x-0.5 p-px" style={{ top: slot * scale, height: SLOT * scale }}>
          <button
            // Another place is another button, so that a screen reader reads it out.
            key={`${column.key} ${slot}`}
            type="button"
            data-stop={`slot:${slot}`}
            data-column={handlers.column}
            data-top={slot}
            tabIndex={0}
            aria-label={t(handlers.canEdit ? 'calendar.slot.label' : 'calendar.slot.label.readOnly', {
              time: timeLabel(day, instantAt(axis, day, slot)),
              column: columnName(column, false),
            })}
            onClick={handlers.onClick}
            onKeyDown={handlers.onKeyDown}
            onFocus={handlers.onFocus}
            className="pointer-events-none flex h-full w-full scroll-mt-16 items-center gap-1.5 rounded-chip px-1.5 text-xs text-transparent focus:pointer-events-auto focus:bg-info-soft focus:text-info focus:outline-2 focus:-outline-offset-2 focus:outline-focus"
          >
            {handlers.canEdit ? <Plus size={14} aria-hidden className="shrink-0" /> : null}
            <span className="tabular truncate">{timeLabel(day, instantAt(axis, day, slot))}</span>
          </button>
        </div>
      ) : null}
      {props.isLoading && column.events.length === 0
        ? WAITING.map((top) => (
            <div key={top} className="absolute right-1.5 left-1" style={{ top: top * scale }}>
              <Skeleton className="h-16 opacity-50" />
            </div>
          ))
        : null}
      {planning ? <PlanPreview planning={planning} isClashing={props.isClashing} day={day} axis={axis} scale={scale} /> : null}
    </div>
  );
});
