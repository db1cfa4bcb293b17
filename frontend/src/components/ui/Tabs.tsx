import { clsx } from 'clsx';
import type { KeyboardEvent, ReactNode } from 'react';
import { useEffect, useId, useRef } from 'react';

export interface TabItem<K extends string> {
  key: K;
  label: string;
  /** A small number beside the label. */
  count?: number;
}

interface TabsProps<K extends string> {
  label: string;
  items: readonly TabItem<K>[];
  active: K;
  onChange: (key: K) => void;
  /** A tab is pointed at or focused: what it needs can be fetched. */
  onPoint?: (key: K) => void;
  /** The active tab's content. */
  children: ReactNode;
}

/** Tabs by the ARIA pattern: one stop, arrows choose at once, Home and End. Only the active panel is mounted. */
export function Tabs<K extends string>({ label, items, active, onChange, onPoint, children }: TabsProps<K>) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const last = useRef(active);
  useEffect(() => {
    const tab = list.current?.querySelector<HTMLElement>('[aria-selected="true"]');
    tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    // What had the focus may have gone with the panel before.
    if (last.current !== active && document.activeElement === document.body) tab?.focus({ preventScroll: true });
    last.current = active;
  }, [active]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = items.findIndex((item) => item.key === active);
    const target =
      event.key === 'ArrowRight' ? at + 1 : event.key === 'ArrowLeft' ? at - 1 : event.key === 'Home' ? 0 : event.key === 'End' ? -1 : null;
    if (target === null) return;
    event.preventDefault();
    const next = items.at(target % items.length);
    if (!next) return;
    onChange(next.key);
    list.current?.querySelector<HTMLElement>(`[data-tab="${next.key}"]`)?.focus();
  };
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div ref={list} role="tablist" aria-label={label} className="relative flex shrink-0 overflow-x-auto overflow-y-hidden border-b border-line px-2 [scrollbar-width:none]">
        {items.map((item) => {
          const isActive = item.key === active;
          return (
            <button
              key={item.key}
              type="button"
              role="tab"
              id={`${id}-${item.key}`}
              data-tab={item.key}
              aria-selected={isActive}
              aria-controls={isActive ? `${id}-panel` : undefined}
              tabIndex={isActive ? 0 : -1}
              onClick={() => onChange(item.key)}
              onPointerEnter={() => onPoint?.(item.key)}
              onFocus={() => onPoint?.(item.key)}
              onKeyDown={onKeyDown}
              className={clsx(
                'flex h-10 shrink-0 items-center gap-1 border-b-2 px-2 font-medium pointer-coarse:h-12',
                'focus-visible:outline-offset-[-2px]',
                isActive ? 'border-primary text-ink' : 'border-transparent text-muted hover:text-ink',
              )}
            >
              {item.label}
              {item.count ? <span className="tabular text-xs text-muted">{item.count}</span> : null}
            </button>
          );
        })}
      </div>
      <div
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-${active}`}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a panel that scrolls must be reachable by keyboard
        tabIndex={0}
        className="relative min-h-0 flex-1 overflow-y-auto overscroll-contain focus-visible:outline-offset-[-2px]"
      >
        {children}
      </div>
    </div>
  );
}
