import { useMemo } from 'react';
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
  return useMemo(() => {
    const inAddress = (day: string): string | null => (day === today ? null : day);
    return {
      view,
      date,
      techId,
      showsCanceled,
      setView: (next, day = date) => {
        writeStored(STORED_VIEW, next);
        set({ view: next, day: inAddress(day) });
      },
      showDate: (day) => set({ day: inAddress(day) }),
      step: (steps) => set({ day: inAddress(step(view, date, steps)) }),
      setTechId: (id) => set({ tech: id }),
      setShowsCanceled: (shows) => set({ canceled: shows ? '1' : null }),
    };
  }, [view, date, techId, showsCanceled, today, set]);
}
