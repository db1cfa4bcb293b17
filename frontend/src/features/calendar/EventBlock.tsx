import { clsx } from 'clsx';
import { Clock, Hourglass, Layers2 } from 'lucide-react';
import { memo } from 'react';
import { t } from '@/i18n/t';
import { STATUS } from '@/lib/status';
import type { LocalDay } from './axis';
import { eventLabel, eventName, spanLabel } from './labels';
import type { Placed } from './layout';
import { isBlocking, isMovable } from './types';
import type { StopHandlers } from './TimeColumn';

interface EventBlockProps {
  placed: Placed;
  day: LocalDay;
  /** Pixels per minute. */
  scale: number;
  /** Technician columns need not repeat the name. */
  showsTech: boolean;
  isActive: boolean;
  /** It is being dragged or moved: the preview shows where to. */
  isLifted: boolean;
  handlers: StopHandlers;
}

const TWO_LINES = 36;
const MORE_LINES = 72;

/** One appointment in a column: status by sign, colour and edge; what fits of vehicle, time, customer, work. */
export const EventBlock = memo(function EventBlock({ placed, day, scale, showsTech, isActive, isLifted, handlers }: EventBlockProps) {
  const { event, lane, lanes, span, startsBefore, endsAfter } = placed;
  const look = STATUS[event.status];
  const Icon = look.icon;
  const height = (placed.bottom - placed.top) * scale;
  const time = spanLabel(day, event.start, event.end);
  const name = event.vehicle ?? eventName(event);
  const isResizable = handlers.canEdit && isMovable(event) && !endsAfter;
  return (
    <div
      role="gridcell"
      data-event-box={event.id}
      className={clsx('absolute p-px', isLifted && 'opacity-40')}
      style={{
        top: placed.top * scale,
        height,
        left: `${(lane / lanes) * 100}%`,
        width: `${(span / lanes) * 100}%`,
      }}
    >
      <button
        type="button"
        data-stop={event.id}
        data-column={handlers.column}
        tabIndex={isActive ? 0 : -1}
        aria-label={eventLabel(event, day)}
        title={`${time}\n${eventName(event)}`}
        onClick={handlers.onClick}
        onKeyDown={handlers.onKeyDown}
        onFocus={handlers.onFocus}
        className={clsx(
          'flex h-full w-full scroll-mt-16 flex-col overflow-hidden rounded-chip border-l-4 px-1.5 text-left text-xs select-none hover:shadow-card hover:brightness-[0.97]',
          'focus-visible:z-10 focus-visible:outline-offset-[-1px]',
          look.pill,
          look.edge,
          height < TWO_LINES ? 'justify-center' : 'py-0.5',
          startsBefore && 'rounded-t-none border-t border-dashed border-t-line-strong',
          endsAfter && 'rounded-b-none border-b border-dashed border-b-line-strong',
        )}
      >
        <span className="flex max-w-full items-center gap-1">
          <Icon size={12} aria-hidden className="shrink-0" />
          <span className={clsx('min-w-0 truncate font-semibold', !isBlocking(event) && 'line-through')}>{name}</span>
          {event.isWaiting ? <Hourglass size={12} aria-hidden className="shrink-0" /> : null}
          {event.isOverbooked ? <Layers2 size={12} aria-hidden className="shrink-0" /> : null}
          {height < TWO_LINES ? <span className="tabular ml-1 min-w-0 shrink-[2] truncate">{time}</span> : null}
        </span>
        {height >= TWO_LINES ? <span className="tabular block max-w-full truncate">{time}</span> : null}
        {height >= MORE_LINES ? (
          <>
            {event.vehicle && event.customerName ? <span className="block max-w-full truncate">{event.customerName}</span> : null}
            {event.title ? <span className="block max-w-full truncate">{event.title}</span> : null}
            {showsTech ? (
              <span className="block max-w-full truncate font-medium">{event.techName ?? t('calendar.unassigned')}</span>
            ) : event.bayName ? (
              <span className="block max-w-full truncate">{event.bayName}</span>
            ) : null}
          </>
        ) : null}
        {event.isSaving ? (
          <span className="absolute right-1.5 bottom-1 motion-safe:animate-pulse-soft">
            <Clock size={12} aria-hidden />
          </span>
        ) : null}
      </button>
      {isResizable ? (
        <span
          data-resize=""
          aria-hidden
          title={t('calendar.event.resize')}
          className="absolute inset-x-1 bottom-0 h-1.5 cursor-ns-resize rounded-full hover:bg-current/30 pointer-coarse:h-3.5"
        />
      ) : null}
    </div>
  );
});
