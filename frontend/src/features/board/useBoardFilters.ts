import { useCallback, useEffect, useMemo, useRef } from 'react';
import { readStored, writeStored } from '@/lib/stored';
import { useUrlState } from '@/lib/url-state';
import type { BoardFilters } from './filters';
import { FILTER_PARAMS, readFilters } from './filters';

const KEY = 'board.filters';

/**
 * The board's filters, in the address. Technician and range are also kept on this device and come back with the next visit
 * that does not say otherwise; a day or a search would be stale by then.
 */
export function useBoardFilters(): {
  filters: BoardFilters;
  search: string;
  change: (changes: Partial<BoardFilters>) => void;
  clear: () => void;
} {
  const { params, set } = useUrlState();
  const search = params.toString();
  const filters = useMemo(() => readFilters(new URLSearchParams(search)), [search]);

  const isRestored = useRef(false);
  useEffect(() => {
    if (isRestored.current) return;
    isRestored.current = true;
    const kept = new URLSearchParams(readStored(KEY) ?? '');
    const has = (name: string): boolean => new URLSearchParams(search).has(name);
    if (Object.values(FILTER_PARAMS).some(has)) return;
    const tech = kept.get(FILTER_PARAMS.tech);
    const range = kept.get(FILTER_PARAMS.range);
    if (tech || range) set({ [FILTER_PARAMS.tech]: tech, [FILTER_PARAMS.range]: range });
  }, [search, set]);

  const change = useCallback(
    (changes: Partial<BoardFilters>) => {
      const next: Record<string, string | null> = {};
      if ('day' in changes) next[FILTER_PARAMS.day] = changes.day ?? null;
      if ('range' in changes) next[FILTER_PARAMS.range] = changes.range === 'week' ? 'week' : null;
      if ('techId' in changes) next[FILTER_PARAMS.tech] = changes.techId ?? null;
      if ('text' in changes) next[FILTER_PARAMS.text] = changes.text ?? null;
      set(next);
      const kept = new URLSearchParams(readStored(KEY) ?? '');
      for (const name of [FILTER_PARAMS.tech, FILTER_PARAMS.range]) {
        if (!(name in next)) continue;
        const value = next[name];
        if (value) kept.set(name, value);
        else kept.delete(name);
      }
      writeStored(KEY, kept.toString() || null);
    },
    [set],
  );
  const clear = useCallback(() => change({ techId: null, text: '' }), [change]);
  return { filters, search, change, clear };
}
