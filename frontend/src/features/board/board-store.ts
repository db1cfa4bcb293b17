/** Passing states of the board that only single cards watch: which one takes focus, which has just landed. */
import { useEffect, useRef, useSyncExternalStore } from 'react';

type Listener = () => void;
const listeners = new Set<Listener>();
function tell(): void {
  for (const listener of listeners) listener();
}
function subscribe(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

let wanted: { id: string; turn: number } | null = null;
let landed: string | null = null;
let landedTimer: number | undefined;
const pending = new Map<string, number>();

/** A wish for focus outlives the card's remounting in another lane and the answer that brings a new card. */
const WANTED_FOR = 4_000;
let wantedTimer: number | undefined;

function forget(): void {
  wanted = null;
  window.clearTimeout(wantedTimer);
  document.removeEventListener('keydown', forget, true);
  document.removeEventListener('pointerdown', forget, true);
}

/** Asks the card to take focus wherever it is drawn, until the person does something else. */
export function focusCard(id: string): void {
  const turn = (wanted?.turn ?? 0) + 1;
  forget();
  wanted = { id, turn };
  wantedTimer = window.setTimeout(forget, WANTED_FOR);
  document.addEventListener('keydown', forget, true);
  document.addEventListener('pointerdown', forget, true);
  tell();
}
export function isFocusWanted(id: string): boolean {
  return wanted?.id === id;
}
export function useFocusWanted(): { id: string; turn: number } | null {
  return useSyncExternalStore(subscribe, () => wanted);
}

type Menu = 'move' | 'assign';
const menus = new Set<(menu: Menu, id: string) => void>();

/** Asks the board to open a menu of a card's. */
export function wantMenu(menu: Menu, id: string): void {
  for (const open of menus) open(menu, id);
}
export function useMenuWanted(open: (menu: Menu, id: string) => void): void {
  const latest = useRef(open);
  useEffect(() => {
    latest.current = open;
  });
  useEffect(() => {
    const call = (menu: Menu, id: string): void => latest.current(menu, id);
    menus.add(call);
    return () => void menus.delete(call);
  }, []);
}

/** Marks a card as just arrived for two seconds. */
export function markLanded(id: string): void {
  landed = id;
  window.clearTimeout(landedTimer);
  landedTimer = window.setTimeout(() => {
    landed = null;
    tell();
  }, 2_000);
  tell();
}
export function useLanded(id: string): boolean {
  return useSyncExternalStore(subscribe, () => landed === id);
}

/** Moves of a card that the server has not answered yet. */
export function beginMove(id: string): number {
  const count = (pending.get(id) ?? 0) + 1;
  pending.set(id, count);
  return count;
}
export function endMove(id: string): void {
  const count = (pending.get(id) ?? 1) - 1;
  if (count > 0) pending.set(id, count);
  else pending.delete(id);
}
export function movesPending(id?: string): number {
  return id === undefined ? pending.size : (pending.get(id) ?? 0);
}
