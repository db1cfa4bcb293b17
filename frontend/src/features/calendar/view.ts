import type { CalendarEvent } from './types';
import type { Planner } from './usePlanning';

/** What each of the four views gets. */
export interface ViewProps {
  /** A local date inside the range. */
  date: string;
  /** The location's local date now. */
  today: string;
  events: CalendarEvent[];
  planner: Planner;
  /** Some of the range was never loaded. */
  isLoading: boolean;
}
