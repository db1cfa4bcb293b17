import { useEffect, useMemo, useRef, useState } from 'react';
import '@/i18n/late/calendar';
import { readStored, writeStored } from '@/lib/stored';
import { useUrlState } from '@/lib/url-state';
import type { View } from './range';
import { asDate, asView, step } from './range';

export interface CalendarState {
  view: View;
  /** A local date; the view shows the day, week or month around it. */
  date: string;
  /** A technician's id, `none` for what nobody has, null for all. */
  techId: string | null;
  showsCanceled: boolean;
  setView: (view: View, date?: string) => void;
  showDate: (date: string) => void;
  step: (steps: -1 | 1) => void;
  setTechId: (id: string | null) => void;
  setShowsCanceled: (shows: boolean) => void;
}

const STORED_VIEW = 'calendar.view';
/** Pixels of the window from which the week is what opens first. */
const LEAST_WEEK = 900;

/** What the calendar shows, kept in the address so that a link reproduces it. No date in it means today, also tomorrow. */
export function useCalendarState(today: string): CalendarState {
  const { params, set } = useUrlState();
  // Seven days side by side cannot be read there.
  const isNarrow = window.innerWidth < LEAST_WEEK;
  const address = params.toString();
  // The address is followed by the whole page, as a transition. What a press shows must not wait for that: it is kept here until
  // the address has moved on, be it to the same place or, by Back, to another.
  const [pressed, setPressed] = useState<{ view: View; date: string; at: string } | null>(null);
  if (pressed !== null && pressed.at !== address) setPressed(null);
  const isAhead = pressed?.at === address;
  const view = isAhead ? pressed.view : (asView(params.get('view')) ?? asView(readStored(STORED_VIEW)) ?? (isNarrow ? 'day' : 'week'));
  const date = isAhead ? pressed.date : (asDate(params.get('day')) ?? today);
  const techId = params.get('tech');
  const showsCanceled = params.get('canceled') === '1';
  // Two presses may come before the next drawing: the second one counts from the first one's goal.
  const latest = useRef({ view, date, today, address, set });
  useEffect(() => {
    latest.current = { view, date, today, address, set };
  });
  // The same functions at every drawing, so that what only acts is not drawn again with each step.
  const actions = useMemo(() => {
    const go = (view: View, date: string, isStep = false): void => {
      const { current } = latest;
      if (view !== current.view) writeStored(STORED_VIEW, view);
      latest.current = { ...current, view, date };
      setPressed({ view, date, at: current.address });
      current.set({ view, day: date === current.today ? null : date }, { isLater: isStep });
    };
    return {
      setView: (next: View, day?: string) => go(next, day ?? latest.current.date),
      showDate: (day: string) => go(latest.current.view, day),
      step: (steps: -1 | 1) => go(latest.current.view, step(latest.current.view, latest.current.date, steps), true),
      setTechId: (id: string | null) => latest.current.set({ tech: id }),
      setShowsCanceled: (shows: boolean) => latest.current.set({ canceled: shows ? '1' : null }),
    };
  }, []);
  return useMemo(() => ({ view, date, techId, showsCanceled, ...actions }), [view, date, techId, showsCanceled, actions]);
}
