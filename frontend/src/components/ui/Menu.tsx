import { clsx } from 'clsx';
import type { LucideIcon } from 'lucide-react';
import { Check } from 'lucide-react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useId, useLayoutEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { useCoarsePointer } from '@/lib/media';
import { Kbd } from './Kbd';
import { floatingRoot } from './layers';
import { Sheet } from './Sheet';

export interface MenuItem {
  id: string;
  label: string;
  icon?: LucideIcon;
  /** Under the label: why it is not offered, or what it will do. */
  detail?: string;
  /** The letter that picks it while the menu is open. */
  letter?: string;
  isDisabled?: boolean;
  isCurrent?: boolean;
  isDanger?: boolean;
  onSelect: () => void;
  /** It was chosen although it is not offered: says why aloud; the menu stays open for another choice. */
  onRefused?: () => void;
}

interface MenuPanelProps {
  label: string;
  items: readonly (MenuItem | 'separator')[];
  /** The control that the panel hangs on. */
  anchor: HTMLElement;
  onClose: () => void;
}

/** An open menu: a floating list, or a bottom sheet with tall rows under a finger. Mount it to open it. */
export function MenuPanel(props: MenuPanelProps) {
  return useCoarsePointer() ? <MenuSheet {...props} /> : <MenuList {...props} />;
}

function pick(item: MenuItem, onClose: () => void): void {
  if (item.isDisabled) {
    item.onRefused?.();
    return;
  }
  onClose();
  item.onSelect();
}

function ItemBody({ item }: { item: MenuItem }) {
  const Icon = item.icon;
  return (
    <>
      {Icon ? <Icon size={16} aria-hidden className="shrink-0" /> : null}
      <span className="min-w-0 flex-1 text-left">
        <span className="block truncate">{item.label}</span>
        {item.detail ? <span className="block text-xs text-muted">{item.detail}</span> : null}
      </span>
      {item.isCurrent ? <Check size={16} aria-hidden className="shrink-0" /> : null}
      {item.letter ? (
        <span aria-hidden className="pointer-coarse:hidden">
          <Kbd>{item.letter.toUpperCase()}</Kbd>
        </span>
      ) : null}
    </>
  );
}

function MenuSheet({ label, items, onClose }: MenuPanelProps) {
  return (
    <Sheet title={label} onClose={onClose}>
      <ul role="list" className="flex flex-col gap-1">
        {items.map((item, index) =>
          item === 'separator' ? (
            <li key={`s${index}`} aria-hidden className="mx-2 border-t border-line" />
          ) : (
            <li key={item.id}>
              <button
                type="button"
                aria-disabled={item.isDisabled}
                aria-current={item.isCurrent}
                onClick={() => pick(item, onClose)}
                className={clsx(
                  'flex min-h-14 w-full items-center gap-3 rounded-control px-4 text-base hover:bg-hover aria-disabled:text-muted',
                  item.isDanger && 'text-danger',
                )}
              >
                <ItemBody item={item} />
              </button>
            </li>
          ),
        )}
      </ul>
    </Sheet>
  );
}

const GAP = 4;

function MenuList({ label, items, anchor, onClose }: MenuPanelProps) {
  const panel = useRef<HTMLDivElement>(null);
  const [root] = useState(floatingRoot);

  useLayoutEffect(() => {
    const element = panel.current;
    if (!element) return undefined;
    const box = anchor.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = element;
    const below = box.bottom + GAP + height <= window.innerHeight - GAP;
    const top = below ? box.bottom + GAP : Math.max(GAP, Math.min(box.top - GAP - height, window.innerHeight - height - GAP));
    const left = Math.max(GAP, Math.min(box.right - width, window.innerWidth - width - GAP));
    element.style.top = `${top}px`;
    element.style.left = `${box.left < width ? Math.min(Math.max(GAP, box.left), window.innerWidth - width - GAP) : left}px`;
    const entries = [...element.querySelectorAll<HTMLElement>('[role="menuitem"]')];
    (entries.find((entry) => entry.ariaDisabled !== 'true') ?? entries[0])?.focus({ preventScroll: true });

    const onPointerDown = (event: PointerEvent): void => {
      if (event.target instanceof Node && !element.contains(event.target) && !anchor.contains(event.target)) onClose();
    };
    const onScroll = (event: Event): void => {
      if (!(event.target instanceof Node) || element.contains(event.target)) return;
      // The event tells of a scroll that may have ended before the menu opened: only an anchor that has moved counts.
      const now = anchor.getBoundingClientRect();
      if (Math.abs(now.top - box.top) > GAP || Math.abs(now.left - box.left) > GAP) onClose();
    };
    document.addEventListener('pointerdown', onPointerDown, true);
    document.addEventListener('scroll', onScroll, true);
    window.addEventListener('resize', onClose);
    return () => {
      document.removeEventListener('pointerdown', onPointerDown, true);
      document.removeEventListener('scroll', onScroll, true);
      window.removeEventListener('resize', onClose);
      // Only when nothing else has taken focus meanwhile, such as a dialog that the chosen item opened.
      if (!document.activeElement || document.activeElement === document.body || element.contains(document.activeElement)) {
        if (anchor.isConnected) anchor.focus({ preventScroll: true });
      }
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the position is computed once per opening
  }, [anchor]);

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    event.stopPropagation();
    const entries = [...(panel.current?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? [])];
    const at = entries.indexOf(document.activeElement as HTMLElement);
    const focusAt = (index: number): void => entries[(index + entries.length) % entries.length]?.focus();
    const letter = event.key.toLowerCase();
    if (event.key === 'ArrowDown') focusAt(at + 1);
    else if (event.key === 'ArrowUp') focusAt(at - 1);
    else if (event.key === 'Home') focusAt(0);
    else if (event.key === 'End') focusAt(-1);
    else if (event.key === 'Escape' || event.key === 'Tab') onClose();
    else if (letter.length === 1 && letter !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const real = items.filter((item): item is MenuItem => item !== 'separator');
      const chosen = real.find((item) => item.letter === letter);
      if (chosen) pick(chosen, onClose);
      else {
        const after = [...entries.slice(at + 1), ...entries.slice(0, at + 1)];
        after.find((entry) => entry.textContent.trim().toLowerCase().startsWith(letter))?.focus();
      }
    } else return;
    event.preventDefault();
  };

  return createPortal(
    <div
      ref={panel}
      role="menu"
      aria-label={label}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      className="fixed z-50 max-h-[80dvh] min-w-56 overflow-y-auto rounded-control border border-line bg-raised p-1 shadow-menu motion-safe:animate-enter"
    >
      {items.map((item, index) =>
        item === 'separator' ? (
          <div key={`s${index}`} role="separator" className="my-1 border-t border-line" />
        ) : (
          <button
            key={item.id}
            type="button"
            role="menuitem"
            tabIndex={-1}
            aria-disabled={item.isDisabled}
            aria-current={item.isCurrent}
            onClick={() => pick(item, onClose)}
            onPointerMove={(event) => event.currentTarget.focus({ preventScroll: true })}
            className={clsx(
              'flex min-h-9 w-full items-center gap-2.5 rounded-chip px-2.5 py-1.5 outline-none focus:bg-hover aria-disabled:cursor-default aria-disabled:text-muted',
              item.isDanger && 'text-danger',
            )}
          >
            <ItemBody item={item} />
          </button>
        ),
      )}
    </div>,
    root,
  );
}

interface MenuProps {
  label: string;
  items: readonly (MenuItem | 'separator')[];
  /** Draws the control; spread the props on a button. */
  children: (trigger: {
    'aria-haspopup': 'menu';
    'aria-expanded': boolean;
    'aria-controls': string | undefined;
    onClick: (event: React.MouseEvent<HTMLElement>) => void;
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
  }) => ReactNode;
}

/** A button with a menu. The panel exists only while it is open. */
export function Menu({ label, items, children }: MenuProps) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const id = useId();
  return (
    <>
      {children({
        'aria-haspopup': 'menu',
        'aria-expanded': anchor !== null,
        'aria-controls': anchor ? id : undefined,
        onClick: (event) => setAnchor(anchor ? null : event.currentTarget),
        onKeyDown: (event) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          setAnchor(event.currentTarget);
        },
      })}
      {anchor ? (
        <span id={id}>
          <MenuPanel label={label} items={items} anchor={anchor} onClose={() => setAnchor(null)} />
        </span>
      ) : null}
    </>
  );
}
