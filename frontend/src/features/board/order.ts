/**
 * The board's cards as pure data: which lane, which place, and the lanes' counts and sums.
 *
 * The order of `cards` is the order on the screen: by `orderKey` in each lane, as on every other screen. `position` is only
 * the server's word at the time of an answer; renumbering a lane here would redraw every card in it.
 */
import { STATUSES } from '@/lib/status';
import { localDate } from '@/lib/time';
import type { Board, BoardCard, BoardColumn, Status } from '@/types';

/** The distance between two keys where there is no neighbour; the server uses the same. */
const STEP = 1024;

export type Lanes = Record<Status, BoardCard[]>;

function isBefore(a: BoardCard, b: BoardCard): boolean {
  return a.orderKey < b.orderKey || (a.orderKey === b.orderKey && a.id < b.id);
}

/** Puts a fresh answer in screen order. */
export function inOrder(board: Board): Board {
  const rank = new Map(STATUSES.map((status, index) => [status, index]));
  const cards = [...board.cards].sort(
    (a, b) => (rank.get(a.status) ?? 0) - (rank.get(b.status) ?? 0) || (isBefore(a, b) ? -1 : 1),
  );
  return { ...board, cards };
}

export function lanesOf(cards: readonly BoardCard[]): Lanes {
  const lanes: Lanes = { SCHEDULED: [], IN_PROGRESS: [], READY: [], COMPLETED: [], CANCELED: [], NO_SHOW: [] };
  for (const card of cards) lanes[card.status].push(card);
  return lanes;
}

/** A lane's head: how many, how much money (where it may be seen), and since when the oldest has been there. */
export function columnOf(key: Status, title: string, cards: readonly BoardCard[]): BoardColumn {
  let sum: number | undefined;
  let oldest: string | null = null;
  for (const card of cards) {
    if (card.totalCents !== undefined) sum = (sum ?? 0) + card.totalCents;
    if (oldest === null || card.statusSince < oldest) oldest = card.statusSince;
  }
  return { key, title, count: cards.length, ...(sum === undefined ? {} : { sumCents: sum }), oldestSince: oldest };
}

/** The column's head for some of its cards; an empty lane still shows a sum to those who see sums. */
export function headOf(column: BoardColumn, cards: readonly BoardCard[]): BoardColumn {
  const next = columnOf(column.key, column.title, cards);
  return column.sumCents !== undefined && next.sumCents === undefined ? { ...next, sumCents: 0 } : next;
}

function withCards(board: Board, lanes: Lanes): Board {
  return {
    ...board,
    cards: STATUSES.flatMap((status) => lanes[status]),
    columns: board.columns.map((column) => headOf(column, lanes[column.key])),
  };
}

export function findCard(board: Board | undefined, id: string): BoardCard | undefined {
  return board?.cards.find((card) => card.id === id);
}

/** The card right above in the same lane; null at the top. */
export function cardAbove(board: Board, id: string): string | null {
  const card = findCard(board, id);
  if (!card) return null;
  const lane = lanesOf(board.cards)[card.status];
  return lane[lane.indexOf(card) - 1]?.id ?? null;
}

/** The last card of a lane, not counting one that is about to leave or come. */
export function lastOf(board: Board, status: Status, exceptId?: string): string | null {
  return board.cards.filter((card) => card.status === status && card.id !== exceptId).at(-1)?.id ?? null;
}

/** Puts a card below `afterId` in its lane; null is the top; a neighbour that is gone means the end. */
export function placeAfter(board: Board, card: BoardCard, afterId: string | null): Board {
  const lanes = lanesOf(board.cards.filter((one) => one.id !== card.id));
  const lane = lanes[card.status];
  const found = afterId === null ? 0 : lane.findIndex((one) => one.id === afterId) + 1;
  const index = afterId !== null && found === 0 ? lane.length : found;
  const above = lane[index - 1]?.orderKey;
  const below = lane[index]?.orderKey;
  // Provisional: the server chooses the real key, and its answer replaces this one.
  const orderKey =
    above === undefined ? (below ?? STEP) - STEP : below === undefined ? above + STEP : (above + below) / 2;
  lane.splice(index, 0, { ...card, orderKey });
  return withCards(board, lanes);
}

/** Puts a card where its key says. */
export function placeByKey(board: Board, card: BoardCard): Board {
  const lanes = lanesOf(board.cards.filter((one) => one.id !== card.id));
  const lane = lanes[card.status];
  const index = lane.findIndex((one) => isBefore(card, one));
  lane.splice(index < 0 ? lane.length : index, 0, card);
  return withCards(board, lanes);
}

/** Exchanges a card's facts without moving it. */
export function replaceCard(board: Board, card: BoardCard): Board {
  return withCards(board, lanesOf(board.cards.map((one) => (one.id === card.id ? card : one))));
}

export function removeCard(board: Board, id: string): Board {
  return withCards(board, lanesOf(board.cards.filter((card) => card.id !== id)));
}

/** Whether a board's days are all still to come: the cars carried over to it are today's, and nothing of them is that day's. */
export function isAhead(days: Pick<Board, 'from' | 'today'>): boolean {
  return days.from > days.today;
}

const ON_PREMISES: readonly Status[] = ['SCHEDULED', 'IN_PROGRESS', 'READY'];

/** A car that is in the shop now. */
export function isOnPremises(card: BoardCard): boolean {
  return card.checkInAt !== null && card.checkOutAt === null && ON_PREMISES.includes(card.status);
}

/** A car of an earlier day that left on one of the board's days. */
function leftLater(board: Board, card: BoardCard): boolean {
  if (card.checkOutAt === null || card.day >= board.from) return false;
  const leftOn = localDate(card.checkOutAt, board.location.timezone);
  return leftOn >= board.from && leftOn <= board.to;
}

/** Whether a card belongs on a board of these days: its day is among them, or the car stayed from an earlier day. */
export function belongs(board: Board, card: BoardCard): boolean {
  return (card.day >= board.from && card.day <= board.to) || isCarriedOver(board, card);
}

/** A car from before the board's first day that is still here, or left on one of its days. */
export function isCarriedOver(board: Board, card: BoardCard): boolean {
  return card.day < board.from && (isOnPremises(card) || leftLater(board, card));
}
