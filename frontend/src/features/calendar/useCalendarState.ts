import { useEffect, useMemo, useRef } from 'react';
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

/** What the calendar shows, kept in the address so that a link reproduces it. No date in it means today, also tomorrow. */
export function useCalendarState(today: string): CalendarState {
  const { params, set } = useUrlState();
  const isPhone = typeof window !== 'undefined' && window.innerWidth < 640;
  const view = asView(params.get('view')) ?? asView(readStored(STORED_VIEW)) ?? (isPhone ? 'day' : 'week');
  const date = asDate(params.get('day')) ?? today;
  const techId = params.get('tech');
  const showsCanceled = params.get('canceled') === '1';
  // The address follows a press with a delay on a slow device: a second press must count from the first one's goal.
  const goal = useRef({ view, date });
  useEffect(() => {
    goal.current = { view, date };
  }, [view, date]);
  return useMemo(() => {
    const go = (next: { view: View; date: string }): void => {
      const isOtherView = next.view !== goal.current.view;
      goal.current = next;
      if (isOtherView) writeStored(STORED_VIEW, next.view);
      set({ view: next.view, day: next.date === today ? null : next.date });
    };
    return {
      view,
      date,
      techId,
      showsCanceled,
      setView: (next, day) => go({ view: next, date: day ?? goal.current.date }),
      showDate: (day) => go({ ...goal.current, date: day }),
      step: (steps) => go({ ...goal.current, date: step(goal.current.view, goal.current.date, steps) }),
      setTechId: (id) => set({ tech: id }),
      setShowsCanceled: (shows) => set({ canceled: shows ? '1' : null }),
    };
  }, [view, date, techId, showsCanceled, today, set]);
}
