import type { CalendarEvent } from '@/features/calendar/types';

let number = 1000;

/** An appointment for tests: `makeEvent('2026-11-20T14:00:00Z', 60)`. */
export function makeEvent(start: string, minutes = 60, overrides: Partial<CalendarEvent> = {}): CalendarEvent {
  number += 1;
  const from = Date.parse(start);
  return {
    id: `event-${number}`,
    number,
    status: 'SCHEDULED',
    version: 1,
    start: from,
    end: from + minutes * 60_000,
    techId: null,
    techName: null,
    bayId: null,
    bayName: null,
    customerName: 'Ana Reyes',
    vehicle: '2019 Toyota Corolla',
    plate: 'ABC 123',
    keyTag: null,
    title: 'Oil change',
    isWaiting: false,
    isOverbooked: false,
    ...overrides,
  };
}
