/** Where a card that keys carry over the board would stand. Pure. */
import type { BoardCard, Status } from '@/types';
import type { Lanes } from './order';

export interface Place {
  to: Status;
  /** The card above; null is the top. */
  afterId: string | null;
}

/** The lanes as they look with a card held at a place. */
export function lanesWith(lanes: Lanes, card: BoardCard, { to, afterId }: Place): Lanes {
  const rest = { ...lanes, [card.status]: lanes[card.status].filter((one) => one.id !== card.id) };
  const lane = [...rest[to]];
  const found = afterId === null ? 0 : lane.findIndex((one) => one.id === afterId) + 1;
  // A neighbour that has gone meanwhile means the end, as it does in a move.
  lane.splice(afterId !== null && found === 0 ? lane.length : found, 0, to === card.status ? card : { ...card, status: to });
  return { ...rest, [to]: lane };
}

/**
 * The place that an arrow leads to; null at the edge. `lanes` show the card where it is held. To the side, lanes that it may not
 * go to are stepped over; it stands as high there as it stood here.
 */
export function placeFrom(
  lanes: Lanes,
  order: readonly Status[],
  held: { id: string; place: Place },
  key: string,
  mayStand: (status: Status) => boolean,
): Place | null {
  const { to } = held.place;
  const lane = lanes[to];
  const at = lane.findIndex((one) => one.id === held.id);
  if (key === 'arrowup') return at > 0 ? { to, afterId: lane[at - 2]?.id ?? null } : null;
  if (key === 'arrowdown') {
    const below = lane[at + 1];
    return below ? { to, afterId: below.id } : null;
  }
  const step = key === 'arrowleft' ? -1 : 1;
  for (let index = order.indexOf(to) + step; index >= 0 && index < order.length; index += step) {
    const status = order[index];
    if (status && mayStand(status)) return { to: status, afterId: at === 0 ? null : (lanes[status][Math.min(at, lanes[status].length) - 1]?.id ?? null) };
  }
  return null;
}
