/** Cache keys, made only here. A key's first word is its family; invalidating the family renews all of it. */
export const meKeys = { all: ['me'] as const };

export const shopKeys = {
  all: ['shop'] as const,
  locations: () => ['shop', 'locations'] as const,
  technicians: (locationId: string) => ['shop', 'technicians', locationId] as const,
};

export const boardKeys = {
  all: ['board'] as const,
  move: ['board', 'move'] as const,
  list: (query: { locationId: string; from: string | null; to: string | null }) =>
    ['board', 'list', query.locationId, query.from ?? 'today', query.to ?? 'today'] as const,
};

export const appointmentKeys = {
  all: ['appointments'] as const,
  drawer: (id: string) => ['appointments', 'drawer', id] as const,
  list: (query: Record<string, string | null>) => ['appointments', 'list', query] as const,
  /** The calendar's weeks of one location. */
  calendar: (locationId: string) => ['appointments', 'calendar', locationId] as const,
  calendarWeek: (locationId: string, start: string) => ['appointments', 'calendar', locationId, start] as const,
  calendarMove: ['appointments', 'calendar-move'] as const,
  preview: (query: Record<string, string | number | null>) => ['appointments', 'preview', query] as const,
};

export const customerKeys = {
  all: ['customers'] as const,
  search: (q: string) => ['customers', 'search', q] as const,
  forNew: (id: string) => ['customers', 'for-new', id] as const,
  lists: () => ['customers', 'list'] as const,
  list: (q: string) => ['customers', 'list', q] as const,
  one: (id: string) => ['customers', 'one', id] as const,
  history: (id: string) => ['customers', 'history', id] as const,
  duplicates: (id: string) => ['customers', 'duplicates', id] as const,
};

export const vehicleKeys = {
  all: ['vehicles'] as const,
  search: (q: string) => ['vehicles', 'search', q] as const,
  one: (id: string) => ['vehicles', 'one', id] as const,
  history: (id: string) => ['vehicles', 'history', id] as const,
  vin: (vin: string) => ['vehicles', 'vin', vin] as const,
};

export const userKeys = {
  all: ['users'] as const,
  list: (query: Record<string, string | null>) => ['users', 'list', query] as const,
  permissions: () => ['users', 'permissions'] as const,
  locations: () => ['users', 'locations'] as const,
};
