import type { BoardCard } from '@/types';
import { addDays, isDate, localDate } from '@/lib/time';

export type BoardRange = 'day' | 'week';

export interface BoardFilters {
  /** A local day; null is today, whatever day it becomes while the board stays open. */
  day: string | null;
  range: BoardRange;
  /** A technician's id, `none` for unassigned jobs, null for all. */
  techId: string | null;
  text: string;
}

/** The names that these filters have in the address. */
export const FILTER_PARAMS = { day: 'day', range: 'range', tech: 'tech', text: 'q' } as const;

export function readFilters(params: URLSearchParams): BoardFilters {
  const day = params.get(FILTER_PARAMS.day);
  return {
    day: isDate(day) ? day : null,
    range: params.get(FILTER_PARAMS.range) === 'week' ? 'week' : 'day',
    techId: params.get(FILTER_PARAMS.tech),
    text: params.get(FILTER_PARAMS.text) ?? '',
  };
}

/** The days to ask the server for; both null is the location's own today. */
export function daysOf(filters: BoardFilters, zone: string, now: number): { from: string | null; to: string | null } {
  if (filters.range === 'day') return { from: filters.day, to: filters.day };
  const from = filters.day ?? localDate(now, zone);
  return { from, to: addDays(from, 6) };
}

/** Letters and digits only, lower case, accents dropped: so `7abc 123` finds plate `7ABC-123`. */
function plain(text: string): string {
  return text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase();
}
function squeezed(text: string): string {
  return plain(text).replace(/[^a-z0-9]/g, '');
}

export function matches(card: BoardCard, filters: BoardFilters): boolean {
  if (filters.techId === 'none' ? card.techId !== null : filters.techId !== null && card.techId !== filters.techId) return false;
  const wanted = plain(filters.text).trim();
  if (!wanted) return true;
  const hay = [card.customerName, card.vehicle, card.servicesSummary, card.title, card.techName, card.bayName, `#${card.number}`]
    .filter(Boolean)
    .join(' ');
  if (wanted.split(/\s+/).every((word) => plain(hay).includes(word))) return true;
  const exact = squeezed(filters.text);
  if (!exact) return false;
  const phone = (card.customerPhone ?? '').replace(/\D/g, '');
  return (
    squeezed(card.plate ?? '').includes(exact) ||
    (card.keyTag !== null && squeezed(card.keyTag) === exact) ||
    (exact.length >= 4 && /^\d+$/.test(exact) && phone.endsWith(exact))
  );
}

export function isFiltering(filters: BoardFilters): boolean {
  return filters.techId !== null || filters.text.trim() !== '';
}
