import type { Checklist, Day, Item, Visit } from '@/offline/types';

export const MARCUS = { id: 'marcus', name: 'Marcus Bell' };

export function makeItem(number: number, changes: Partial<Item> = {}): Item {
  return {
    id: `item-${number}`,
    pointKey: `point_${number}`,
    section: number <= 2 ? 'Brakes' : 'Lights',
    label: `Point ${number}`,
    help: null,
    unit: null,
    limits: null,
    needsPhoto: false,
    result: null,
    reading: null,
    note: null,
    jobId: null,
    version: 1,
    photos: [],
    ...changes,
  };
}
export function makeChecklist(count: number, changes: Partial<Checklist> = {}): Checklist {
  return {
    id: 'list-1',
    title: 'Courtesy check',
    status: 'open',
    version: 1,
    holderId: MARCUS.id,
    holderName: MARCUS.name,
    submittedAt: null,
    items: Array.from({ length: count }, (_, index) => makeItem(index + 1)),
    ...changes,
  };
}
export function makeVisit(changes: Partial<Visit> = {}): Visit {
  return {
    id: 'visit-1',
    number: 1042,
    status: 'IN_PROGRESS',
    start: '2026-11-20T14:00:00Z',
    end: '2026-11-20T15:00:00Z',
    promisedAt: '2026-11-20T20:00:00Z',
    keyTag: '27',
    vehicle: { id: 'car-1', label: '2019 Toyota Corolla', plate: 'KLM 4821', mileage: 48_210, version: 1 },
    customerName: 'Ana Reyes',
    title: 'It grinds when I brake',
    notes: 'Since last week, mostly downhill.',
    version: 1,
    jobs: [{ id: 'job-1', name: 'Brake check', hours: '1.5', approval: 'approved', notes: null, cause: null, correction: null, version: 1 }],
    needsPart: false,
    needsApproval: false,
    timers: [],
    checks: [],
    history: [],
    checklists: [makeChecklist(4)],
    ...changes,
  };
}
export function makeDay(changes: Partial<Day> = {}): Day {
  return {
    now: '2026-11-20T15:00:00Z',
    today: '2026-11-20',
    timezone: 'America/New_York',
    me: MARCUS,
    timer: null,
    appointments: [makeVisit()],
    templates: [],
    ...changes,
  };
}
