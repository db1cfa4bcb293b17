import { clsx } from 'clsx';
import type { KeyboardEvent, ReactNode } from 'react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { Announcer } from './Announcer';
import { focusables, pushLayer, topLayer } from './layers';

interface LayerProps {
  /** Escape, the backdrop, or a close button asked to close. */
  onClose: () => void;
  labelledBy: string;
  /** Where focus goes afterwards; without it, back to what had it before. Returns false if it found no place. */
  returnFocus?: (() => boolean) | undefined;
  /** Places the panel in the window. */
  align: 'center' | 'right' | 'bottom' | 'top';
  panelClassName: string;
  children: ReactNode;
}

const ALIGN = {
  center: 'items-center justify-center p-4',
  top: 'items-start justify-center p-4 pt-[12dvh]',
  right: 'items-stretch justify-end',
  bottom: 'items-end justify-center',
};

/**
 * A modal layer: traps focus, closes on Escape and on the backdrop, gives focus back. Focus starts at `data-autofocus`, else
 * at the panel itself, so that a screen reader begins with its title.
 */
export function Layer({ onClose, labelledBy, returnFocus, align, panelClassName, children }: LayerProps) {
  const [host] = useState(() => {
    const element = document.createElement('div');
    element.dataset.layer = '';
    return element;
  });
  const panel = useRef<HTMLDivElement>(null);
  const giveBack = useRef(returnFocus);
  const close = useRef(onClose);
  useEffect(() => {
    giveBack.current = returnFocus;
    close.current = onClose;
  });

  useLayoutEffect(() => {
    const before = document.activeElement;
    document.body.append(host);
    const pop = pushLayer(host);
    const start = host.querySelector<HTMLElement>('[data-autofocus]') ?? panel.current;
    start?.focus({ preventScroll: true });
    return () => {
      pop();
      host.remove();
      if (giveBack.current?.()) return;
      if (before instanceof HTMLElement && before !== document.body && before.isConnected) before.focus({ preventScroll: true });
      // What had it is gone: the layer below hears the keys.
      else topLayer()?.querySelector<HTMLElement>('[role="dialog"]')?.focus({ preventScroll: true });
    };
  }, [host]);

  useEffect(() => {
    // The control that had the focus may have left the page: the keys still belong to the layer.
    const onStrayKey = (event: globalThis.KeyboardEvent): void => {
      if (host.inert || document.activeElement !== document.body) return;
      panel.current?.focus({ preventScroll: true });
      if (event.key === 'Escape') close.current();
    };
    document.addEventListener('keydown', onStrayKey, true);
    return () => document.removeEventListener('keydown', onStrayKey, true);
  }, [host]);

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    // A portal's events also climb the React tree: cards and boards below must not hear them.
    event.stopPropagation();
    if (event.key === 'Escape' && !event.defaultPrevented) {
      event.preventDefault();
      onClose();
    }
    if (event.key !== 'Tab') return;
    const toasts = document.getElementById('toasts');
    const stops = [...focusables(host), ...(toasts ? focusables(toasts) : [])];
    const at = stops.indexOf(document.activeElement as HTMLElement);
    const next = event.shiftKey ? (at <= 0 ? stops.length - 1 : at - 1) : at === stops.length - 1 ? 0 : at + 1;
    event.preventDefault();
    stops[next]?.focus();
  };

  return createPortal(
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- the backdrop is a convenience for the pointer; Escape and the close button do the same
    <div
      data-align={align}
      className={clsx('fixed inset-0 z-40 flex bg-scrim', ALIGN[align])}
      onMouseDown={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
      onKeyDown={onKeyDown}
    >
      <div
        ref={panel}
        role="dialog"
        aria-modal="true"
        aria-labelledby={labelledBy}
        tabIndex={-1}
        className={clsx('flex flex-col bg-surface shadow-menu outline-none', panelClassName)}
      >
        {children}
        <Announcer />
      </div>
    </div>,
    host,
  );
}
