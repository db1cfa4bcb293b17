import type { RefObject } from 'react';
import { useCallback, useEffect, useRef } from 'react';
import { useOpenAppointment } from '@/contexts/AppointmentContext';
import type { Planning } from './usePlanning';

function isNowhere(): boolean {
  return !document.activeElement || document.activeElement === document.body;
}

/**
 * Keeps focus in a grid whose parts come and go: it follows an appointment that moves to another column, returns after a
 * move by keys and after the drawer. Parts that take focus carry `data-stop`; the one with `tabindex="0"` is the way in.
 * Returns how to send focus somewhere that the next drawing brings.
 */
export function useKeptFocus(surface: RefObject<HTMLElement | null>, planning: Planning | null): (stop: string) => void {
  const { openId } = useOpenAppointment();
  const kept = useRef<string | null>(null);
  const wanted = useRef<string | null>(null);
  const before = useRef({ planned: null as string | null, openId });

  useEffect(() => {
    const onFocusIn = (event: FocusEvent): void => {
      const target = event.target instanceof Element ? event.target : null;
      const isInside = target !== null && surface.current?.contains(target);
      kept.current = isInside ? (target.closest<HTMLElement>('[data-stop]')?.dataset.stop ?? null) : null;
    };
    const onPointerDown = (event: PointerEvent): void => {
      if (!(event.target instanceof Element) || !event.target.closest('[data-stop]')) kept.current = null;
    };
    document.addEventListener('focusin', onFocusIn);
    document.addEventListener('pointerdown', onPointerDown);
    return () => {
      document.removeEventListener('focusin', onFocusIn);
      document.removeEventListener('pointerdown', onPointerDown);
    };
  }, [surface]);

  useEffect(() => {
    const planned = planning?.by === 'keys' ? planning.event.id : null;
    if (before.current.planned && !planned) wanted.current = before.current.planned;
    if (before.current.openId && !openId && isNowhere()) wanted.current = before.current.openId;
    before.current = { planned, openId };

    const focused = surface.current?.contains(document.activeElement) ? document.activeElement : null;
    // The part that has focus was given to something else, as a month's are at a step.
    const isTaken = kept.current !== null && focused !== null && focused.closest<HTMLElement>('[data-stop]')?.dataset.stop !== kept.current;
    const target = wanted.current ?? (isNowhere() || isTaken ? kept.current : null);
    if (target === null || planned !== null) return;
    const element =
      surface.current?.querySelector<HTMLElement>(`[data-stop="${CSS.escape(target)}"]`) ??
      surface.current?.querySelector<HTMLElement>('[data-stop][tabindex="0"]');
    wanted.current = null;
    // Left and entered again, it is read out again.
    if (isTaken && element === focused && focused instanceof HTMLElement) focused.blur();
    element?.focus();
  });

  return useCallback((stop: string) => {
    wanted.current = stop;
  }, []);
}
