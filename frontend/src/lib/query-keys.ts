/** Cache keys, made only here. A key's first word is its family; invalidating the family renews all of it. */
export const meKeys = { all: ['me'] as const };

export const shopKeys = {
  all: ['shop'] as const,
  locations: () => ['shop', 'locations'] as const,
  technicians: (locationId: string) => ['shop', 'technicians', locationId] as const,
  visitTypes: (locationId: string) => ['shop', 'visitTypes', locationId] as const,
  writers: (locationId: string) => ['shop', 'writers', locationId] as const,
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
  /** Of the drawer's family: whatever changes a job changes its history. */
  history: (id: string) => ['appointments', 'drawer', id, 'history'] as const,
  services: (id: string) => ['appointments', 'services', id] as const,
  declined: (id: string) => ['appointments', 'declined', id] as const,
  work: (id: string) => ['appointments', 'work', id] as const,
  list: (query: Record<string, string | null>) => ['appointments', 'list', query] as const,
  number: (number: string) => ['appointments', 'number', number] as const,
  ledgerNumber: (number: string) => ['appointments', 'ledger number', number] as const,
  /** The calendar's weeks of one location. */
  calendar: (locationId: string) => ['appointments', 'calendar', locationId] as const,
  calendarWeek: (locationId: string, start: string) => ['appointments', 'calendar', locationId, start] as const,
  calendarMove: ['appointments', 'calendar-move'] as const,
  preview: (query: Record<string, string | number | null>) => ['appointments', 'preview', query] as const,
};

export const estimateKeys = {
  all: ['estimates'] as const,
  overview: (appointmentId: string) => ['estimates', 'overview', appointmentId] as const,
  preview: (appointmentId: string, showing: object) => ['estimates', 'preview', appointmentId, showing] as const,
  sums: (appointmentId: string, answers: readonly object[]) => ['estimates', 'sums', appointmentId, answers] as const,
};

export const inspectionKeys = {
  all: ['inspections'] as const,
  ofVisit: (appointmentId: string) => ['inspections', 'visit', appointmentId] as const,
  findings: (appointmentId: string) => ['inspections', 'findings', appointmentId] as const,
  offers: (itemId: string) => ['inspections', 'offers', itemId] as const,
  report: (checklistId: string, how: string) => ['inspections', 'report', checklistId, how] as const,
  templates: (locationId: string, all: boolean) => ['inspections', 'templates', locationId, all] as const,
};

export const paymentKeys = {
  all: ['payments'] as const,
  ledger: (appointmentId: string) => ['payments', 'ledger', appointmentId] as const,
  links: (appointmentId: string) => ['payments', 'links', appointmentId] as const,
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

export const messageKeys = {
  all: ['messages'] as const,
  /** The texts of a job or of a conversation. */
  threads: () => ['messages', 'thread'] as const,
  thread: (path: string) => ['messages', 'thread', path] as const,
  previews: () => ['messages', 'preview'] as const,
  preview: (path: string, draft: object) => ['messages', 'preview', path, draft] as const,
  why: (id: string) => ['messages', 'why', id] as const,
  planned: (appointmentId: string) => ['messages', 'planned', appointmentId] as const,
  waiting: (locationId: string, kind: string) => ['messages', 'waiting', locationId, kind] as const,
};

export const consentKeys = {
  all: ['consent'] as const,
  number: (phone: string) => ['consent', 'number', phone] as const,
  reviews: (locationId: string) => ['consent', 'reviews', locationId] as const,
};

export const inboxKeys = {
  all: ['inbox'] as const,
  summary: (locationId: string) => ['inbox', 'summary', locationId] as const,
  lists: () => ['inbox', 'list'] as const,
  list: (query: Record<string, string | null>) => ['inbox', 'list', query] as const,
  one: (id: string) => ['inbox', 'one', id] as const,
};

export const switchKeys = { all: ['switches'] as const };

export const auditKeys = {
  all: ['audit'] as const,
  list: (filter: Record<string, string | null>) => ['audit', 'list', filter] as const,
  status: () => ['audit', 'status'] as const,
};

export const templateKeys = {
  all: ['templates'] as const,
  list: (query: Record<string, string | null>) => ['templates', 'list', query] as const,
  variables: () => ['templates', 'variables'] as const,
  check: (draft: object) => ['templates', 'check', draft] as const,
  rules: (locationId: string) => ['templates', 'rules', locationId] as const,
};

export const catalogKeys = {
  all: ['catalog'] as const,
  list: (query: Record<string, string | boolean | null>) => ['catalog', 'list', query] as const,
  rates: (locationId: string) => ['catalog', 'rates', locationId] as const,
  settings: (locationId: string) => ['catalog', 'settings', locationId] as const,
};

export const numbersKeys = {
  all: ['numbers'] as const,
  stats: (query: Record<string, string | null>) => ['numbers', 'stats', query] as const,
  rows: (key: string, query: Record<string, string | null>) => ['numbers', 'rows', key, query] as const,
  stuck: (query: Record<string, string | null>) => ['numbers', 'stuck', query] as const,
  worked: (query: Record<string, string | null>) => ['numbers', 'worked', query] as const,
};

export const deviceKeys = {
  all: ['devices'] as const,
  list: () => ['devices', 'list'] as const,
};

export const bookKeys = {
  all: ['books'] as const,
  day: (locationId: string, day: string) => ['books', 'day', locationId, day] as const,
  closes: (locationId: string) => ['books', 'closes', locationId] as const,
  unpaid: (locationId: string, asOf: string) => ['books', 'unpaid', locationId, asOf] as const,
  taxes: (locationId: string, from: string, to: string) => ['books', 'taxes', locationId, from, to] as const,
  balance: (locationId: string, from: string, to: string) => ['books', 'balance', locationId, from, to] as const,
  journal: (locationId: string, from: string, to: string) => ['books', 'journal', locationId, from, to] as const,
  allowance: () => ['books', 'allowance'] as const,
};
