import type { QueryClient } from '@tanstack/react-query';
import { appointmentKeys } from '@/lib/query-keys';
import type { Week } from './queries';
import type { CalendarEvent } from './types';

/** A week with an appointment in its newest state: put in, replaced or taken out. The same week when it brings nothing new. */
export function putIntoWeek(week: Week, event: CalendarEvent): Week {
  const known = week.events.find((one) => one.id === event.id);
  if (known && known.version > event.version) return week;
  const belongs = event.start < week.end && event.end > week.start;
  if (!belongs) return known ? takeFromWeek(week, event.id) : week;
  return { ...week, events: known ? week.events.map((one) => (one === known ? event : one)) : [...week.events, event] };
}

export function takeFromWeek(week: Week, id: string): Week {
  return week.events.some((one) => one.id === id) ? { ...week, events: week.events.filter((one) => one.id !== id) } : week;
}

function patchWeeks(client: QueryClient, locationId: string, patch: (week: Week) => Week): void {
  client.setQueriesData<Week>({ queryKey: appointmentKeys.calendar(locationId) }, (week) => week && patch(week));
}

/** Writes an appointment's newest state into every week that is kept. */
export function putEvent(client: QueryClient, locationId: string, event: CalendarEvent): void {
  patchWeeks(client, locationId, (week) => putIntoWeek(week, event));
}

export function takeEvent(client: QueryClient, locationId: string, id: string): void {
  patchWeeks(client, locationId, (week) => takeFromWeek(week, id));
}

/** The appointments of several weeks, each once, by start; with the moves that are on their way to the server. */
export function mergeWeeks(weeks: readonly (Week | undefined)[], pending: ReadonlyMap<string, Partial<CalendarEvent>>): CalendarEvent[] {
  const found = new Map<string, CalendarEvent>();
  for (const week of weeks) {
    for (const event of week?.events ?? []) {
      const known = found.get(event.id);
      if (!known || known.version < event.version) found.set(event.id, event);
    }
  }
  for (const [id, changes] of pending) {
    const event = found.get(id);
    if (event) found.set(id, { ...event, ...changes, isSaving: true });
  }
  return [...found.values()].sort((a, b) => a.start - b.start || a.number - b.number);
}
