import { useEffect, useMemo, useState } from 'react';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { STATUS } from '@/lib/status';
import type { BoardCard, Status } from '@/types';
import { focusCard } from './board-store';
import { cardName } from './card-words';
import type { Place } from './carry';
import { lanesWith, placeFrom } from './carry';
import type { Lanes } from './order';
import type { CanDrop } from './useCardDrag';

interface Carry {
  /** The card in the air. */
  heldId: string | null;
  /** The lanes with it at the place where it is held. */
  lanes: Lanes;
  /** Takes a key pressed at a card; whether it meant anything here. */
  take: (key: string, cardId: string) => boolean;
}

interface CarryOptions {
  /** The lanes that are open, from left to right. */
  order: readonly Status[];
  canMove: boolean;
  canDrop: CanDrop;
  /** Why a card may not go from one state to another, in words; null where it may. */
  refusal: (from: Status, to: Status) => string | null;
  onDrop: (move: { card: BoardCard } & Place) => void;
}

/** Drags a card by keys: Space picks it up, arrows carry it, Space or Enter drops it, Escape puts it back; each is said. */
export function useCarry(lanes: Lanes, { order, canMove, canDrop, refusal, onDrop }: CarryOptions): Carry {
  const [held, setHeld] = useState<{ id: string; from: Status; home: Place; place: Place } | null>(null);
  const card = held ? lanes[held.from].find((one) => one.id === held.id) : undefined;
  // Somebody else moved it, or it left the filter.
  if (held && !card) setHeld(null);
  const place = card ? held?.place : undefined;
  const shown = useMemo(() => (card && place ? lanesWith(lanes, card, place) : lanes), [lanes, card, place]);
  const isHeld = held !== null;
  useEffect(() => {
    if (!isHeld) return undefined;
    // A press elsewhere begins something else.
    const letGo = (): void => setHeld(null);
    document.addEventListener('pointerdown', letGo, true);
    return () => document.removeEventListener('pointerdown', letGo, true);
  }, [isHeld]);

  const take = (key: string, cardId: string): boolean => {
    if (!held || !card) {
      if (key !== ' ' || !canMove) return false;
      const found = Object.values(lanes).flat().find((one) => one.id === cardId);
      if (!found) return false;
      const lane = lanes[found.status];
      const home = { to: found.status, afterId: lane[lane.indexOf(found) - 1]?.id ?? null };
      setHeld({ id: found.id, from: found.status, home, place: home });
      announce(t('carry.begin', { card: cardName(found), ...placeWords(lanes, found.id, home) }));
      return true;
    }
    const isHome = held.place.to === held.home.to && held.place.afterId === held.home.afterId;
    if (key === 'escape' || key === 'tab' || ((key === ' ' || key === 'enter') && isHome)) {
      setHeld(null);
      announce(t('carry.back', { card: cardName(card), ...placeWords(lanes, card.id, held.home) }));
      if (key === 'tab') return false;
      focusCard(card.id);
    } else if (key === ' ' || key === 'enter') {
      setHeld(null);
      onDrop({ card, ...held.place });
      focusCard(card.id);
    } else if (key.startsWith('arrow')) {
      const next = placeFrom(shown, order, held, key, (status) => status === held.from || canDrop(held.from, status));
      if (!next) {
        // To the side nothing is left that would take it: the next lane says why it would not.
        const beside = key === 'arrowleft' || key === 'arrowright' ? order[order.indexOf(held.place.to) + (key === 'arrowleft' ? -1 : 1)] : undefined;
        const why = beside && refusal(held.from, beside);
        if (why) announce(t('carry.refused', { to: t(STATUS[beside].word), why }));
        return true;
      }
      setHeld({ ...held, place: next });
      announce(t('carry.at', placeWords(lanesWith(lanes, card, next), card.id, next)));
      focusCard(card.id);
    }
    // While it is in the air no other key does anything to it; the browser keeps its own.
    return !/^(mod|alt)\+|^f\d/.test(key);
  };
  return { heldId: card ? card.id : null, lanes: shown, take };
}

function placeWords(lanes: Lanes, id: string, { to }: Place): { to: string; position: number; count: number } {
  return { to: t(STATUS[to].word), position: lanes[to].findIndex((one) => one.id === id) + 1, count: lanes[to].length };
}
