import type { Dispatch, KeyboardEvent, PointerEvent } from 'react';
import { useEffect, useRef, useState } from 'react';
import type { PhotoMark } from '@/components/ui/PhotoMarks';
import { MarkShape, path } from '@/components/ui/PhotoMarks';
import '@/i18n/late/photos';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import type { Drawing, DrawingAct, Point } from './marks';
import { STEP, drawn, isTooSmall, moved, stretched } from './marks';

interface CanvasProps {
  drawing: Drawing;
  act: Dispatch<DrawingAct>;
  /** What a drag on the bare photo draws. */
  kind: PhotoMark['kind'];
  width: number;
  height: number;
}

interface Drag {
  /** The mark that is dragged; null draws a new one. */
  index: number | null;
  isEnd: boolean;
  from: Point;
  mark: PhotoMark | null;
}

const ARROW_KEYS: Record<string, Point> = {
  ArrowLeft: { x: -STEP, y: 0 },
  ArrowRight: { x: STEP, y: 0 },
  ArrowUp: { x: 0, y: -STEP },
  ArrowDown: { x: 0, y: STEP },
};

/** The layer above a photo on which marks are drawn, moved and stretched, by finger or by keys. */
export function Canvas({ drawing, act, kind, width, height }: CanvasProps) {
  const svg = useRef<SVGSVGElement>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  /** What the drag makes, while the finger is down. */
  const [fresh, setFresh] = useState<PhotoMark | null>(null);
  const { marks, chosen } = drawing;
  const handle = Math.max(width, height) / 36;

  useEffect(() => {
    if (chosen !== null) svg.current?.querySelector<SVGElement>(`[data-mark="${chosen}"]`)?.focus({ preventScroll: true });
  }, [chosen]);

  const pointOf = (event: PointerEvent): Point => {
    const box = svg.current?.getBoundingClientRect();
    if (!box?.width || !box.height) return { x: 0, y: 0 };
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  };

  const onPointerDown = (event: PointerEvent<SVGSVGElement>): void => {
    if (!event.isPrimary || event.button !== 0) return;
    // Else the browser would take the focus away from the mark that is chosen now.
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    const target = event.target instanceof Element ? event.target.closest<SVGElement>('[data-mark], [data-end]') : null;
    const index = target ? Number(target.dataset.mark ?? target.dataset.end) : null;
    setDrag({ index, isEnd: target?.dataset.end !== undefined, from: pointOf(event), mark: index === null ? null : (marks[index] ?? null) });
    act({ do: 'choose', index });
  };

  const dragged = (to: Point): PhotoMark | null => {
    if (!drag) return null;
    if (!drag.mark) return drag.index === null ? drawn(kind, drag.from, to) : null;
    const by = { x: to.x - drag.from.x, y: to.y - drag.from.y };
    return drag.isEnd ? stretched(drag.mark, by) : moved(drag.mark, by);
  };
  const onPointerMove = (event: PointerEvent<SVGSVGElement>): void => {
    const mark = dragged(pointOf(event));
    if (mark) setFresh(mark);
  };
  const onPointerUp = (event: PointerEvent<SVGSVGElement>): void => {
    const mark = dragged(pointOf(event));
    if (mark && drag && fresh) {
      if (drag.index !== null) act({ do: 'change', index: drag.index, mark });
      else if (!isTooSmall(mark)) act({ do: 'add', mark });
    }
    setDrag(null);
    setFresh(null);
  };

  const onKeyDown = (event: KeyboardEvent, index: number): void => {
    const mark = marks[index];
    const by = ARROW_KEYS[event.key];
    if (!mark) return;
    if (by) act({ do: 'change', index, mark: event.shiftKey ? stretched(mark, by) : moved(mark, by) });
    else if (event.key === 'Delete' || event.key === 'Backspace') {
      act({ do: 'remove', index });
      announce(t('photo.mark.removed'));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <svg
      ref={svg}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="group"
      aria-label={t('photo.draw.title')}
      className="absolute inset-0 size-full cursor-crosshair touch-none select-none"
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={() => {
        setDrag(null);
        setFresh(null);
      }}
    >
      {marks.map((saved, index) => {
        const mark = fresh && drag?.index === index ? fresh : saved;
        const isChosen = chosen === index;
        return (
          // Marks have no other name than their place in the list.
          <g key={index}>
            <g
              data-mark={index}
              role="button"
              tabIndex={0}
              aria-pressed={isChosen}
              aria-label={markLabel(mark, index)}
              className="cursor-move outline-none"
              onFocus={() => (isChosen ? undefined : act({ do: 'choose', index }))}
              onKeyDown={(event) => onKeyDown(event, index)}
            >
              <MarkShape mark={mark} width={width} height={height} isChosen={isChosen} />
              {/* A finger is wider than a line. */}
              <path d={path(mark, width, height)} fill="none" stroke="transparent" strokeWidth={handle * 1.6} pointerEvents="stroke" />
            </g>
            {isChosen ? (
              <circle
                data-end={index}
                cx={mark.x2 * width}
                cy={mark.y2 * height}
                r={handle}
                className="cursor-grab fill-mark-edge/60 stroke-mark"
                strokeWidth={handle / 6}
              />
            ) : null}
          </g>
        );
      })}
      {fresh && drag?.index === null ? <MarkShape mark={fresh} width={width} height={height} /> : null}
    </svg>
  );
}

function markLabel(mark: PhotoMark, index: number): string {
  const percent = (share: number): number => Math.round(share * 100);
  const number = index + 1;
  return mark.kind === 'arrow'
    ? t('photo.mark.arrow', { number, x: percent(mark.x2), y: percent(mark.y2) })
    : t('photo.mark.circle', { number, x: percent((mark.x1 + mark.x2) / 2), y: percent((mark.y1 + mark.y2) / 2) });
}
