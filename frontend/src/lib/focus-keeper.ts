import type { RefObject } from 'react';
import { useEffect, useRef } from 'react';

/**
 * Keeps the keyboard's place when the row that has it goes away: a deleted record, a person who left the filter. When a
 * render takes the focused element out of the list, the fallback gets the focus.
 *
 * It listens to the document itself: a closing dialog gives the focus back while React commits, and hears no events then.
 */
export function useFocusKeeper(list: RefObject<HTMLElement | null>, fallback: () => HTMLElement | null | undefined): void {
  const isInside = useRef(false);
  useEffect(() => {
    const look = (event: Event): void => {
      isInside.current = event.target instanceof Node && (list.current?.contains(event.target) ?? false);
    };
    // A press beside everything takes the focus away on purpose.
    document.addEventListener('pointerdown', look, true);
    document.addEventListener('focusin', look, true);
    return () => {
      document.removeEventListener('pointerdown', look, true);
      document.removeEventListener('focusin', look, true);
    };
  }, [list]);
  useEffect(() => {
    if (!isInside.current || (document.activeElement && document.activeElement !== document.body)) return;
    isInside.current = false;
    fallback()?.focus({ preventScroll: true });
  });
}
