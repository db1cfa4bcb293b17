import '@/i18n/late/inbox';
import type { WordKey } from '@/i18n/en';
import { HOUR, addDays, localDate, localTime, toInstant } from '@/lib/time';

export interface SnoozeChoice {
  id: string;
  word: WordKey;
  /** The instant at which the conversation comes back. */
  until: string;
}

const MORNING = '08:00';
const AFTERNOON = '15:00';

/** When a conversation may come back, on the location's clock, soonest first; what is past or the same moment twice is left out. */
export function snoozeChoices(zone: string, now: number): SnoozeChoice[] {
  const today = localDate(now, zone);
  const tomorrow = addDays(today, 1);
  // 2026-11-23 is a Monday: days since one, by calendar.
  const weekday = (Math.round((Date.parse(`${today}T00:00:00Z`) - Date.parse('2026-11-23T00:00:00Z')) / (24 * HOUR)) % 7 + 7) % 7;
  const monday = addDays(today, 7 - weekday);
  const at = (date: string, time: string): string => toInstant(date, time, zone).instant;
  const after = (hours: number): string => new Date(now + hours * HOUR).toISOString();
  return [
    { id: 'hour', word: 'snooze.hour' as const, until: after(1) },
    { id: 'three', word: 'snooze.three' as const, until: after(3) },
    ...(localTime(now, zone) < '12:00' ? [{ id: 'evening', word: 'snooze.evening' as const, until: at(today, AFTERNOON) }] : []),
    { id: 'tomorrow', word: 'snooze.tomorrow' as const, until: at(tomorrow, MORNING) },
    ...(monday === tomorrow ? [] : [{ id: 'monday', word: 'snooze.monday' as const, until: at(monday, MORNING) }]),
    ...(weekday === 0 ? [] : [{ id: 'week', word: 'snooze.week' as const, until: at(addDays(today, 7), MORNING) }]),
  ];
}
