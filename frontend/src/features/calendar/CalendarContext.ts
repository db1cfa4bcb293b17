import { createContext, use } from 'react';
import type { ShopLocation } from '@/types';

/** What every part of the calendar needs and what rarely changes; what changes with each movement is handed down instead. */
export interface CalendarSetting {
  location: ShopLocation;
  /** The location's local date now. */
  today: string;
  /** Wall minutes of the opening hours. */
  opens: number;
  closes: number;
  canEdit: boolean;
  open: (id: string) => void;
  create: (preset: { start: number; end: number; techId: string | null }) => void;
  /** To the next or previous range. */
  step: (steps: -1 | 1) => void;
  showDay: (date: string) => void;
  showTechnicians: (date: string) => void;
}

export const CalendarContext = createContext<CalendarSetting | null>(null);

export function useCalendar(): CalendarSetting {
  const setting = use(CalendarContext);
  if (!setting) throw new Error('useCalendar outside the calendar');
  return setting;
}
