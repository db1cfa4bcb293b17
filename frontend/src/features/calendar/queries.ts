import { queryOptions, replaceEqualDeep, skipToken } from '@tanstack/react-query';
import { api } from '@/api';
import { previewAppointment } from '@/lib/data/appointments';
import { appointmentKeys } from '@/lib/query-keys';
import { addDays } from '@/lib/time';
import type { Appointment, Page, ShopLocation } from '@/types';
import { localDay } from './axis';
import { fromServer } from './collisions';
import type { CalendarEvent, Plan } from './types';
import { fromAppointment } from './types';

/** One week's appointments, those included that only reach into it. [start, end) are instants. */
export interface Week {
  start: number;
  end: number;
  events: CalendarEvent[];
}

const PAGE = 200;

async function fetchWeek(location: ShopLocation, first: string, signal: AbortSignal): Promise<Week> {
  const last = addDays(first, 6);
  const events: CalendarEvent[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<Appointment> = await api.get<Page<Appointment>>('/api/appointments', {
      query: { locationId: location.id, from: first, to: last, limit: PAGE, cursor },
      signal,
    });
    events.push(...page.items.map(fromAppointment));
    cursor = page.nextCursor;
  } while (cursor);
  return { start: localDay(first, location.timezone).start, end: localDay(last, location.timezone).end, events };
}

/**
 * Takes over an answer without losing what came faster: an appointment that a live change brought meanwhile is newer than the
 * row of an answer that was already on its way. What did not change stays the same object, so nothing is drawn again.
 */
export function keepNewer(old: Week | undefined, answer: Week): Week {
  if (!old) return answer;
  const known = new Map(old.events.map((event) => [event.id, event]));
  let isSame = old.events.length === answer.events.length;
  const events = answer.events.map((event, index) => {
    const before = known.get(event.id);
    const kept = !before ? event : before.version > event.version ? before : replaceEqualDeep(before, event);
    if (kept !== old.events[index]) isSame = false;
    return kept;
  });
  return isSame ? old : { ...answer, events };
}

export const calendarQueries = {
  /** Weeks are what is fetched and kept: the views share them, and a month asks for its weeks at the same time. */
  week: (location: ShopLocation, first: string) =>
    queryOptions({
      queryKey: appointmentKeys.calendarWeek(location.id, first),
      queryFn: ({ signal }) => fetchWeek(location, first, signal),
      structuralSharing: (old, answer) => keepNewer(old as Week | undefined, answer as Week),
      staleTime: 60_000,
    }),
  /** What the server says that a plan collides with; nothing is asked without one. */
  preview: (asked: { event: CalendarEvent; plan: Plan } | null) => {
    const body = asked && {
      appointmentId: asked.event.id,
      start: new Date(asked.plan.start).toISOString(),
      end: new Date(asked.plan.end).toISOString(),
      techId: asked.plan.techId,
    };
    return queryOptions({
      queryKey: appointmentKeys.preview({ ...body, version: asked?.event.version ?? 0 }),
      queryFn: body
        ? ({ signal }: { signal: AbortSignal }) => previewAppointment(body, signal).then((answer) => fromServer(answer.collisions))
        : skipToken,
      staleTime: 5_000,
      gcTime: 30_000,
      retry: false,
    });
  },
};
