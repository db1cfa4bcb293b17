/** What the wall shows one after the other when there is more than fits: the stages, the technicians, today in its order. */
import type { Wall, WallCard } from '@/types';

export type ViewKey = 'board' | 'technicians' | 'today';

export interface WallList {
  /** A status in `board`, a name or null for nobody's in `technicians`, in `today` how many cars stand before its first. */
  key: string | null;
  cards: readonly WallCard[];
}

export interface WallPage {
  view: ViewKey;
  lists: readonly WallList[];
  page: number;
  pages: number;
}

const ACROSS = 3;

/** How many pages so many cards are, where so many fit. */
export const pagesOf = (cards: number, fit: number): number => Math.max(1, Math.ceil(cards / Math.max(1, fit)));

/** The moment that a car is about: when it is promised, else when it comes. */
const moment = (card: WallCard): string => (card.status === 'SCHEDULED' ? card.start : (card.promisedAt ?? card.start));
const byMoment = (a: WallCard, b: WallCard): number => moment(a).localeCompare(moment(b));

function inGroups<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));
}

function boardPages(wall: Wall, fit: number): readonly WallList[][] {
  const pages = Math.max(...wall.columns.map(({ cards }) => pagesOf(cards.length, fit)));
  // A column with fewer pages begins again, so that none is empty while it has cars.
  return Array.from({ length: pages }, (_, at) =>
    wall.columns.map(({ key, cards }) => {
      const own = at % pagesOf(cards.length, fit);
      return { key, cards: cards.slice(own * fit, (own + 1) * fit) };
    }),
  );
}

function technicianPages(cards: readonly WallCard[], fit: number): readonly WallList[][] {
  const names = [...new Set(cards.map((card) => card.techName))].sort((a, b) => (a === null ? 1 : b === null ? -1 : a.localeCompare(b)));
  const lists = names.flatMap((key) => inGroups(cards.filter((card) => card.techName === key), fit).map((own) => ({ key, cards: own })));
  return inGroups(lists, ACROSS);
}

function todayPages(cards: readonly WallCard[], fit: number): readonly WallList[][] {
  return inGroups(inGroups(cards, fit).map((own, at) => ({ key: String(at * fit), cards: own })), ACROSS);
}

/** Everything that takes its turn. One page alone where all fits: then nothing moves. */
export function turnsOf(wall: Wall, fit: number): WallPage[] {
  const board = boardPages(wall, fit);
  const cards = wall.columns.flatMap((column) => column.cards).sort(byMoment);
  const views: [ViewKey, readonly WallList[][]][] =
    board.length === 1 ? [['board', board]] : [['board', board], ['technicians', technicianPages(cards, fit)], ['today', todayPages(cards, fit)]];
  return views.flatMap(([view, pages]) => pages.map((lists, page) => ({ view, lists, page, pages: pages.length })));
}
