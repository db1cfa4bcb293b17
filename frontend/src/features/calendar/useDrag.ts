import type { RefObject } from 'react';
import { useEffect, useRef } from 'react';

export type DragKind = 'move' | 'resize';

/** What a calendar view gives to dragging. `S` is a place in it. */
export interface DragHost<S> {
  /** The place under a point of the window, or null outside. */
  locate: (x: number, y: number) => S | null;
  /** False refuses. */
  onBegin: (id: string, kind: DragKind, from: S) => boolean;
  onDrag: (to: S) => void;
  onDrop: () => void;
  onCancel: () => void;
  /** A press on free ground. */
  onGround: (at: S, isTouch: boolean) => void;
}

/** A mouse that moves this far drags; a finger that moves this far before the press counts scrolls. */
const MOUSE_SLOP = 4;
const TOUCH_SLOP = 10;
const LONG_PRESS = 350;
/** Near the edge of what scrolls, dragging scrolls: pixels of the zone and at most per frame. */
const EDGE = 56;
const FASTEST = 14;

interface Session<S> {
  id: string;
  kind: DragKind;
  from: S;
  x: number;
  y: number;
  pointerId: number;
  isTouch: boolean;
  isActive: boolean;
}

/**
 * Dragging by pointer events: with a mouse at once, with a finger after a long press, so that scrolling never drags. Bound
 * to one element; what is dragged has `data-event-box`, its lower edge `data-resize`, free ground `data-ground`.
 */
export function useDrag<S>(surface: RefObject<HTMLElement | null>, scroller: RefObject<HTMLElement | null>, host: DragHost<S>): void {
  const latest = useRef(host);
  useEffect(() => {
    latest.current = host;
  });

  useEffect(() => {
    const element = surface.current;
    if (!element) return undefined;
    let session: Session<S> | null = null;
    let pressTimer: number | undefined;
    let frame = 0;
    let wasTouch = false;

    const drag = (): void => {
      const spot = session ? latest.current.locate(session.x, session.y) : null;
      if (spot) latest.current.onDrag(spot);
    };
    const scroll = (): void => {
      frame = 0;
      const box = scroller.current;
      if (!session?.isActive || !box) return;
      const { top, bottom, left, right } = box.getBoundingClientRect();
      const push = (at: number, low: number, high: number): number => {
        const over = at < low + EDGE ? at - low - EDGE : at > high - EDGE ? at - high + EDGE : 0;
        return Math.round((Math.max(-EDGE, Math.min(EDGE, over)) / EDGE) * FASTEST);
      };
      const before = [box.scrollTop, box.scrollLeft];
      box.scrollBy(push(session.x, left, right), push(session.y, top, bottom));
      if (before[0] !== box.scrollTop || before[1] !== box.scrollLeft) drag();
      frame = requestAnimationFrame(scroll);
    };

    const begin = (): void => {
      if (!session) return;
      if (!latest.current.onBegin(session.id, session.kind, session.from)) {
        end();
        return;
      }
      session.isActive = true;
      // Redrawing must not take the pointer away in the middle.
      element.setPointerCapture(session.pointerId);
      document.body.style.userSelect = 'none';
      if (session.isTouch) navigator.vibrate?.(10);
      frame = requestAnimationFrame(scroll);
    };
    const end = (): void => {
      window.clearTimeout(pressTimer);
      cancelAnimationFrame(frame);
      if (session?.isActive && element.hasPointerCapture(session.pointerId)) element.releasePointerCapture(session.pointerId);
      session = null;
      document.body.style.userSelect = '';
      window.removeEventListener('pointermove', onMove);
      window.removeEventListener('pointerup', onUp);
      window.removeEventListener('pointercancel', onPointerCancel);
      window.removeEventListener('keydown', onKeyDown, true);
    };
    const cancel = (): void => {
      const wasActive = session?.isActive;
      end();
      if (wasActive) latest.current.onCancel();
    };

    const onDown = (event: PointerEvent): void => {
      wasTouch = event.pointerType !== 'mouse';
      if (session) {
        // A second finger: the person pinches or gave up.
        cancel();
        return;
      }
      if (event.button !== 0 || !event.isPrimary || !(event.target instanceof Element)) return;
      const box = event.target.closest<HTMLElement>('[data-event-box]');
      const from = latest.current.locate(event.clientX, event.clientY);
      if (!box?.dataset.eventBox || !from) return;
      session = {
        id: box.dataset.eventBox,
        kind: event.target.closest('[data-resize]') ? 'resize' : 'move',
        from,
        x: event.clientX,
        y: event.clientY,
        pointerId: event.pointerId,
        isTouch: wasTouch,
        isActive: false,
      };
      if (wasTouch) pressTimer = window.setTimeout(begin, LONG_PRESS);
      window.addEventListener('pointermove', onMove);
      window.addEventListener('pointerup', onUp);
      window.addEventListener('pointercancel', onPointerCancel);
      window.addEventListener('keydown', onKeyDown, true);
    };
    const onMove = (event: PointerEvent): void => {
      if (!session || event.pointerId !== session.pointerId) return;
      const distance = Math.hypot(event.clientX - session.x, event.clientY - session.y);
      if (!session.isActive) {
        if (session.isTouch) {
          if (distance > TOUCH_SLOP) end();
          return;
        }
        if (distance < MOUSE_SLOP) return;
        begin();
      }
      if (!session) return;
      session.x = event.clientX;
      session.y = event.clientY;
      drag();
    };
    const onUp = (event: PointerEvent): void => {
      if (!session || event.pointerId !== session.pointerId) return;
      const { isActive } = session;
      end();
      if (!isActive) return;
      // The press that ends a drag is no click.
      const swallow = (click: MouseEvent): void => {
        click.stopPropagation();
        click.preventDefault();
      };
      window.addEventListener('click', swallow, { capture: true, once: true });
      window.setTimeout(() => window.removeEventListener('click', swallow, true), 0);
      latest.current.onDrop();
    };
    const onPointerCancel = (event: PointerEvent): void => {
      if (event.pointerId === session?.pointerId) cancel();
    };
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || !session?.isActive) return;
      event.preventDefault();
      event.stopPropagation();
      cancel();
    };
    const onTouchMove = (event: TouchEvent): void => {
      if (session?.isActive && event.cancelable) event.preventDefault();
    };
    const onContextMenu = (event: Event): void => {
      if (session?.isTouch) event.preventDefault();
    };
    const onClick = (event: MouseEvent): void => {
      if (!(event.target instanceof Element) || !event.target.matches('[data-ground]')) return;
      const spot = latest.current.locate(event.clientX, event.clientY);
      if (spot) latest.current.onGround(spot, wasTouch);
    };

    element.addEventListener('pointerdown', onDown);
    element.addEventListener('touchmove', onTouchMove, { passive: false });
    element.addEventListener('contextmenu', onContextMenu);
    element.addEventListener('click', onClick);
    return () => {
      cancel();
      element.removeEventListener('pointerdown', onDown);
      element.removeEventListener('touchmove', onTouchMove);
      element.removeEventListener('contextmenu', onContextMenu);
      element.removeEventListener('click', onClick);
    };
  }, [surface, scroller]);
}
