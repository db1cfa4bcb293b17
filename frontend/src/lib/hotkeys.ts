import { useLayoutEffect, useRef, useSyncExternalStore } from 'react';
import { readStored, writeStored } from './stored';

/**
 * Keyboard shortcuts of a screen. Names: `mod+k` (Ctrl or Cmd), `shift+arrowup`, `alt+1`, single letters, and sequences
 * such as `g b`. Letters are silent while someone types, while a modal layer is open above, and when switched off.
 */
export type Hotkeys = Record<string, (event: KeyboardEvent) => void>;

const listeners = new Set<() => void>();
let enabled = readStored('singleKeys') !== 'off';

export function singleKeysEnabled(): boolean {
  return enabled;
}
export function setSingleKeys(on: boolean): void {
  enabled = on;
  writeStored('singleKeys', on ? null : 'off');
  for (const listener of listeners) listener();
}
export function useSingleKeys(): boolean {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, singleKeysEnabled);
}

export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.role === 'combobox')
  );
}

/** What a text field understands by itself: undo and redo there mean the text. */
const EDITING = /^mod\+(shift\+)?[acvxyz]$/;

export function keyName(event: KeyboardEvent | React.KeyboardEvent): string {
  const key = event.key.toLowerCase();
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push('mod');
  if (event.altKey) parts.push('alt');
  // The sign already tells of Shift: `?` is `?` on every keyboard.
  if (event.shiftKey && (key.length > 1 || /[a-z]/.test(key))) parts.push('shift');
  parts.push(key);
  return parts.join('+');
}

/** Binds keys to the document while the component is mounted. */
export function useHotkeys(keys: Hotkeys, { inLayers = false }: { inLayers?: boolean } = {}): void {
  const latest = useRef(keys);
  // Before the new state can be seen: a quick second press must not mean what the last state showed.
  useLayoutEffect(() => {
    latest.current = keys;
  });
  useLayoutEffect(() => {
    let prefix = '';
    let prefixTimer: number | undefined;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      const name = keyName(event);
      const plain = !name.startsWith('mod+') && !name.startsWith('alt+');
      if (plain && !enabled) return;
      if ((plain || EDITING.test(name)) && isTyping(event.target)) return;
      // A layer's own keys are silent while another one lies on it.
      if (document.querySelectorAll('[data-layer]').length > (inLayers ? 1 : 0)) return;
      const sequence = prefix ? `${prefix} ${name}` : name;
      prefix = '';
      window.clearTimeout(prefixTimer);
      const action = latest.current[sequence] ?? latest.current[name];
      if (action) {
        event.preventDefault();
        action(event);
      } else if (Object.keys(latest.current).some((key) => key.startsWith(`${name} `))) {
        prefix = name;
        prefixTimer = window.setTimeout(() => {
          prefix = '';
        }, 1200);
      }
    };
    // A layer lets no key out to the page below; its own keys are heard on their way in.
    document.addEventListener('keydown', onKeyDown, { capture: inLayers });
    return () => {
      document.removeEventListener('keydown', onKeyDown, { capture: inLayers });
      window.clearTimeout(prefixTimer);
    };
  }, [inLayers]);
}
