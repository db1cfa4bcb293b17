import type { KeyboardEvent } from 'react';
import { isTyping, keyName, singleKeysEnabled } from '@/lib/hotkeys';
import type { BoardCard, Status } from '@/types';
import type { Lanes } from './order';

export interface BoardKeyActions {
  /** Carries the card over the board; whether the key meant anything for that. */
  carry: (key: string, id: string) => boolean;
  focus: (id: string) => void;
  open: (id: string) => void;
  moveMenu: (card: BoardCard, anchor: HTMLElement) => void;
  assignMenu: (card: BoardCard, anchor: HTMLElement) => void;
  /** Opens the job at its texts. */
  write: (id: string) => void;
  /** One place up (-1) or down (1) in its lane. */
  reorder: (card: BoardCard, step: -1 | 1) => void;
}

/** The card to go to from another one: by step in its lane, or in the next lane that is not empty, at the same height. */
export function cardFrom(
  lanes: Lanes,
  order: readonly Status[],
  card: BoardCard,
  to: 'up' | 'down' | 'left' | 'right' | 'first' | 'last',
): string | null {
  const lane = lanes[card.status];
  const at = lane.findIndex((one) => one.id === card.id);
  if (to === 'up') return lane[at - 1]?.id ?? null;
  if (to === 'down') return lane[at + 1]?.id ?? null;
  if (to === 'first') return lane[0]?.id ?? null;
  if (to === 'last') return lane.at(-1)?.id ?? null;
  const step = to === 'left' ? -1 : 1;
  for (let index = order.indexOf(card.status) + step; index >= 0 && index < order.length; index += step) {
    const status = order[index];
    const next = status ? lanes[status] : [];
    if (next.length > 0) return next[Math.min(at, next.length - 1)]?.id ?? null;
  }
  return null;
}

const STEPS: Record<string, Parameters<typeof cardFrom>[3]> = {
  arrowup: 'up',
  k: 'up',
  arrowdown: 'down',
  j: 'down',
  arrowleft: 'left',
  h: 'left',
  arrowright: 'right',
  l: 'right',
  home: 'first',
  end: 'last',
};

/** The keys of the board, for the card that has the focus. */
export function boardKeyHandler(lanes: Lanes, order: readonly Status[], actions: BoardKeyActions) {
  return (event: KeyboardEvent<HTMLElement>): void => {
    if (event.defaultPrevented || isTyping(event.target) || !(event.target instanceof HTMLElement)) return;
    const element = event.target.closest<HTMLElement>('[data-card]');
    const id = element?.dataset.card;
    if (!element || !id) return;
    const name = keyName(event);
    // The other controls of a card have a Space and an Enter of their own.
    if (event.target.matches('[data-card-link]') && actions.carry(name, id)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (name.length === 1 && !singleKeysEnabled()) return;
    const card = Object.values(lanes)
      .flat()
      .find((one) => one.id === id);
    if (!card) return;
    const step = STEPS[name];
    if (step) {
      const target = cardFrom(lanes, order, card, step);
      if (target) actions.focus(target);
    } else if (name === 'shift+arrowup') actions.reorder(card, -1);
    else if (name === 'shift+arrowdown') actions.reorder(card, 1);
    else if (name === 'e') actions.open(card.id);
    else if (name === 'm') actions.moveMenu(card, element);
    else if (name === 'a') actions.assignMenu(card, element);
    else if (name === 't') actions.write(card.id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
}
