import { clsx } from 'clsx';
import { Armchair, Clock, Layers2 } from 'lucide-react';
import { memo } from 'react';
import '@/i18n/late/calendar';
import { t } from '@/i18n/t';
import { STATUS } from '@/lib/status';
import { smallTextWidth } from '@/lib/text-width';
import type { LocalDay } from './axis';
import { eventLabel, eventName, shortSpan, shortTime, spanLabel, withoutYear } from './labels';
import type { Placed } from './layout';
import { StatusGlyph } from './StatusGlyph';
import { isBlocking, isMovable } from './types';
import type { StopHandlers } from './TimeColumn';

interface EventBlockProps {
  placed: Placed;
  day: LocalDay;
  /** Pixels per minute, and the column's pixels. */
  scale: number;
  width: number;
  /** Technician columns need not repeat the name. */
  showsTech: boolean;
  isActive: boolean;
  /** It is being dragged or moved: the preview shows where to. */
  isLifted: boolean;
  handlers: StopHandlers;
}

const LINE = 16;
const PADDING = 6;
/** Pixels under which a block is a narrow one. */
const NARROW = 140;
/** Pixels from which a block of one line has room for the time beside the name. */
const WIDE = 170;
/** Pixels under which a time and its signs do not fit on one line. */
const TINY = 72;
/** Pixels of a digit, and of what stands around a narrow block's time: edge, padding and a sign. */
const DIGIT = 7;
const AROUND = 24;
/** Pixels of a narrow block that its words do not have. */
const EDGES = 12;
const SIGN = 'mr-0.5 inline-block size-3 align-[-1.5px]';

/** One appointment in a column: status by sign, colour and edge; then as many facts as it has lines for. */
export const EventBlock = memo(function EventBlock({
  placed,
  day,
  scale,
  width,
  showsTech,
  isActive,
  isLifted,
  handlers,
}: EventBlockProps) {
  const { event, lane, lanes, span, startsBefore, endsAfter } = placed;
  const look = STATUS[event.status];
  const height = (placed.bottom - placed.top) * scale;
  const room = (width * span) / lanes;
  const isNarrow = room < NARROW;
  const lines = Math.max(1, Math.floor((height - PADDING) / LINE));
  const time = spanLabel(day, event.start, event.end);
  const short = shortSpan(day, event.start, event.end);
  const fullName = event.vehicle ?? eventName(event);
  const name = isNarrow ? (withoutYear(event.vehicle) ?? fullName) : fullName;
  const isTiny = room < TINY;
  const nameLines = isNarrow && lines >= (isTiny ? 4 : 3) ? 2 : 1;
  // A word that is too long is cut at its end, not in two: what follows it stands on the second line.
  const isCut = nameLines === 2 && !name.split(' ').every((word) => smallTextWidth(word, 600) <= room - EDGES);
  const facts = [
    isNarrow ? (startsBefore || short.length * DIGIT + AROUND <= room ? short : shortTime(day, event.start)) : time,
    event.vehicle ? event.customerName : null,
    showsTech ? (event.techName ?? t('calendar.unassigned')) : event.title,
    showsTech ? event.title : event.bayName,
  ].filter((fact) => fact !== null);
  const [first = '', ...others] = facts.slice(0, Math.max(0, lines - nameLines));
  // In a narrow block the name needs the whole line; the signs then stand before the time, or after a time that needs its line too.
  const signs = (
    <>
      <StatusGlyph status={event.status} className={SIGN} />
      {event.isWaiting ? <Armchair size={12} aria-hidden className={SIGN} /> : null}
      {event.isOverbooked ? <Layers2 size={12} aria-hidden className={SIGN} /> : null}
    </>
  );
  const isResizable = handlers.canEdit && isMovable(event) && !endsAfter;
  return (
    <div
      role="gridcell"
      data-event-box={event.id}
      className="absolute p-px contain-strict"
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
          'flex h-full w-full scroll-mt-16 flex-col overflow-hidden rounded-chip border-l-4 pl-1 text-left text-xs select-none hover:brightness-[0.97]',
          'focus-visible:z-10 focus-visible:outline-offset-[-1px]',
          isNarrow ? 'pr-px' : 'pr-1.5',
          isLifted ? 'bg-surface text-muted outline-2 -outline-offset-2 outline-line-strong outline-dashed' : look.pill,
          look.edge,
          lines === 1 ? 'justify-center' : 'py-0.5',
          startsBefore && 'rounded-t-none border-t border-dashed border-t-line-strong',
          endsAfter && 'rounded-b-none border-b border-dashed border-b-line-strong',
        )}
      >
        <span
          className={clsx(
            'max-w-full shrink-0 font-semibold',
            nameLines === 1 ? 'block truncate' : isCut ? 'block truncate whitespace-pre' : 'line-clamp-2',
            !isBlocking(event) && 'line-through',
          )}
        >
          {nameLines === 1 ? signs : null}
          {isCut ? name.replace(' ', '\n') : name}
          {lines === 1 && room >= WIDE ? <span className="tabular ml-2 font-normal">{facts[0]}</span> : null}
        </span>
        {/* One block of lines instead of a part for each: a hundred of these are drawn in one step. */}
        {lines > nameLines ? (
          <span className="tabular block max-w-full shrink-0 truncate whitespace-pre">
            {nameLines === 2 && !(isTiny && others.length) ? signs : null}
            {first}
            {others.length ? '\n' : null}
            {nameLines === 2 && isTiny && others.length ? signs : null}
            {others.join('\n')}
          </span>
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
