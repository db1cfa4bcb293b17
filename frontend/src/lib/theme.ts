import { useSyncExternalStore } from 'react';
import { readStored, writeStored } from './stored';

export type ThemeChoice = 'light' | 'dark' | 'system';

/** The choice is kept here and in storage; the resolved theme stands on the root element, set before paint by boot.js. */
const dark = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();
let choice: ThemeChoice = parse(readStored('theme'));

function parse(text: string | null): ThemeChoice {
  return text === 'light' || text === 'dark' ? text : 'system';
}
function resolve(): 'light' | 'dark' {
  if (choice !== 'system') return choice;
  return dark.matches ? 'dark' : 'light';
}
function apply(): void {
  document.documentElement.dataset.theme = resolve();
  for (const listener of listeners) listener();
}
dark.addEventListener('change', apply);

export function setTheme(next: ThemeChoice): void {
  choice = next;
  writeStored('theme', next === 'system' ? null : next);
  apply();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
/** What the person chose, and what it comes to on this device now. */
export function useTheme(): { choice: ThemeChoice; resolved: 'light' | 'dark'; setTheme: (next: ThemeChoice) => void } {
  const chosen = useSyncExternalStore(subscribe, () => choice);
  const resolved = useSyncExternalStore(subscribe, resolve);
  return { choice: chosen, resolved, setTheme };
}
