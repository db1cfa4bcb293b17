import type { Collision } from '@/types';
import type { CalendarEvent, Clash, Plan } from './types';
import { isBlocking } from './types';

/** What a plan would meet among the loaded appointments: at once, while the pointer moves. The server is asked as well. */
export function clashesOf(event: CalendarEvent, plan: Plan, events: readonly CalendarEvent[]): Clash[] {
  const found: Clash[] = [];
  if (!isBlocking(event)) return found;
  for (const other of events) {
    if (other.id === event.id || !isBlocking(other) || other.start >= plan.end || other.end <= plan.start) continue;
    const about = { id: other.id, customerName: other.customerName, vehicle: other.vehicle, start: other.start, end: other.end };
    if (plan.techId && other.techId === plan.techId) found.push({ ...about, kind: 'technician', name: other.techName });
    if (event.bayId && other.bayId === event.bayId) found.push({ ...about, kind: 'bay', name: other.bayName });
  }
  return found.sort((a, b) => a.start - b.start);
}

/** The server's collisions in the calendar's terms. */
export function fromServer(collisions: readonly Collision[]): Clash[] {
  return collisions.map((one) => ({
    id: one.id,
    kind: one.kind,
    name: one.name,
    customerName: one.customerName,
    vehicle: one.vehicle,
    start: Date.parse(one.start),
    end: Date.parse(one.end),
  }));
}
