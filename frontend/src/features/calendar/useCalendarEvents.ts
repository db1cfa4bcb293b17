import type { UseQueryResult } from '@tanstack/react-query';
import { useQueries, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { useLive, usePollInterval } from '@/lib/events';
import { whenIdle } from '@/lib/idle';
import { appointmentKeys } from '@/lib/query-keys';
import { useSettle } from '@/lib/settle';
import type { ShopLocation } from '@/types';
import { mergeWeeks, putEvent, takeEvent } from './cache';
import { usePendingMoves } from './mutations';
import type { Week } from './queries';
import { calendarQueries } from './queries';
import type { View } from './range';
import { datesOf, step, weeksOf } from './range';
import type { CalendarEvent } from './types';
import { fromCard } from './types';

interface CalendarData {
  events: CalendarEvent[];
  /** Some of the range has never been loaded. */
  isLoading: boolean;
  /** Set when something could not be loaded; `isStale` tells that older data stands in for it. */
  error: Error | null;
  isStale: boolean;
  failedAt: number;
  retry: () => void;
}

const POLL = 5_000;
/** The steps whose weeks are fetched ahead, in this order: two presses in a row find both ranges here. */
const AHEAD = [1, -1, 2, -2] as const;
const REST = 300;

/** Outside the component: the same function at each render keeps the combined result the same object. */
function combine(results: UseQueryResult<Week>[]) {
  const failed = results.find((result) => result.error);
  return {
    weeks: results.map((result) => result.data),
    isLoading: results.some((result) => result.isPending),
    error: failed?.error ?? null,
    isStale: results.every((result) => result.data !== undefined),
    failedAt: Math.max(...results.map((result) => result.errorUpdatedAt)),
  };
}

/** The appointments of a view's range, followed live; the ranges before and after it are fetched ahead. */
export function useCalendarEvents(location: ShopLocation, view: View, date: string): CalendarData {
  const client = useQueryClient();
  const poll = usePollInterval(POLL);
  const weeks = useMemo(() => weeksOf(datesOf(view, date)), [view, date]);
  const { weeks: loaded, ...state } = useQueries({
    queries: weeks.map((week) => ({ ...calendarQueries.week(location, week), refetchInterval: poll })),
    combine,
  });

  useEffect(() => {
    // After the screen's own weeks: the neighbours must not stand in their way.
    if (state.isLoading) return undefined;
    return whenIdle(() => {
      const ahead = weeksOf(AHEAD.flatMap((steps) => datesOf(view, step(view, date, steps))));
      for (const week of ahead) {
        if (!weeks.includes(week)) void client.prefetchQuery(calendarQueries.week(location, week));
      }
    }, REST);
  }, [client, location, view, date, weeks, state.isLoading]);

  // An answer that was on its way when a change came may be older than the change: asked once more, it is right.
  const settle = useSettle(() => void client.invalidateQueries({ queryKey: appointmentKeys.calendar(location.id) }));
  useLive('appointment', (event) => {
    if (event.locationId !== location.id) return;
    settle();
    if (event.deleted || !event.card) takeEvent(client, location.id, event.id);
    else putEvent(client, location.id, fromCard(event.card));
  });
  // Names of people and cars stand on the blocks, and change without their appointments.
  useLive('customer', settle);
  useLive('resync', () => void client.invalidateQueries({ queryKey: appointmentKeys.calendar(location.id) }));

  const pending = usePendingMoves();
  const events = useMemo(() => mergeWeeks(loaded, pending), [loaded, pending]);
  const retry = (): void => void client.refetchQueries({ queryKey: appointmentKeys.calendar(location.id), type: 'active' });
  return { ...state, events, retry };
}
