/** Words of the calendar. */
export const calendarWords = {
  'calendar.title': 'Calendar',
} as const;
