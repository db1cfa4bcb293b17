/** The day as the person has made it: what the shop said, with what waits on this device laid over it. Pure. */
import type { Checklist, Day, Item, Job, Operation, Photo, RecordState, Subject, Timer, Vehicle, Visit } from './types';

/** Where each record is, by its id; what is in the shop is not named. */
export type States = ReadonlyMap<string, RecordState>;
export interface Overlaid {
  day: Day;
  states: States;
}

function mapVisit(day: Day, id: string, change: (visit: Visit) => Visit): Day {
  return { ...day, appointments: day.appointments.map((one) => (one.id === id ? change(one) : one)) };
}
function mapChecklist(day: Day, about: Subject, change: (checklist: Checklist) => Checklist): Day {
  return mapVisit(day, about.appointmentId, (visit) => ({
    ...visit,
    checklists: visit.checklists.map((one) => (one.id === about.checklistId ? change(one) : one)),
  }));
}
function mapJob(day: Day, about: Subject, change: (job: Job) => Job): Day {
  return mapVisit(day, about.appointmentId, (visit) => ({ ...visit, jobs: visit.jobs.map((one) => (one.id === about.jobId ? change(one) : one)) }));
}
function mapVehicle(day: Day, about: Subject, fields: Partial<Vehicle>): Day {
  return mapVisit(day, about.appointmentId, (visit) => ({ ...visit, vehicle: visit.vehicle && { ...visit.vehicle, ...fields } }));
}
function mapItem(day: Day, about: Subject, change: (item: Item) => Item): Day {
  return mapChecklist(day, about, (checklist) => ({
    ...checklist,
    items: checklist.items.map((one) => (one.id === about.itemId ? change(one) : one)),
  }));
}
/** An inspection with a point that was added, behind the others; one that is there already is changed. */
function withItem(checklist: Checklist, item: Item, change: (present: Item) => Item): Checklist {
  const isThere = checklist.items.some((one) => one.id === item.id);
  return { ...checklist, items: isThere ? checklist.items.map((one) => (one.id === item.id ? change(one) : one)) : [...checklist.items, item] };
}
const withPhoto = (photos: readonly Photo[], photo: Photo): Photo[] =>
  photos.some((one) => one.id === photo.id) ? photos.map((one) => (one.id === photo.id ? { ...one, ...photo } : one)) : [...photos, photo];

function withTimer(day: Day, timer: Timer): Day {
  const running = timer.stoppedAt === null ? timer : day.timer?.id === timer.id ? null : day.timer;
  return {
    ...mapVisit(day, timer.appointmentId, (visit) => ({ ...visit, timers: [...visit.timers.filter((one) => one.id !== timer.id), timer] })),
    timer: running,
  };
}
function withoutTimer(day: Day, id: string | undefined): Day {
  return {
    ...day,
    appointments: day.appointments.map((visit) => ({ ...visit, timers: visit.timers.filter((one) => one.id !== id) })),
    timer: day.timer?.id === id ? null : day.timer,
  };
}
function timersOf(day: Day): Timer[] {
  return [...day.appointments.flatMap((visit) => visit.timers), ...(day.timer ? [day.timer] : [])];
}

export function findItem(day: Day | null, about: Subject): Item | null {
  return findChecklist(day, about)?.items.find((one) => one.id === about.itemId) ?? null;
}
export function findChecklist(day: Day | null, about: Subject): Checklist | null {
  const visit = day?.appointments.find((one) => one.id === about.appointmentId);
  return visit?.checklists.find((one) => one.id === about.checklistId) ?? null;
}

/** What an edit is about, as the shop knows it; null for what has no version, or is not known. */
export function findEdited(day: Day | null, { kind, about }: Operation): Item | Photo | Job | Vehicle | null {
  if (kind === 'odometer') return day?.appointments.find((one) => one.id === about.appointmentId)?.vehicle ?? null;
  if (kind === 'outcome') return day?.appointments.find((one) => one.id === about.appointmentId)?.jobs.find((one) => one.id === about.jobId) ?? null;
  const item = findItem(day, about);
  if (kind === 'annotate') return item?.photos.find((one) => one.id === about.photoId) ?? null;
  return kind === 'item' ? item : null;
}

/**
 * The fields of an edit that shall stand on the screen: of a conflict, only what nobody else has changed. An inspection is not
 * submitted, nor anybody's, because somebody wanted it and was refused.
 */
function wishes(operation: Operation): Record<string, unknown> {
  if (operation.kind === 'checklist' && operation.error) return {};
  const disputed = new Set(operation.error?.conflicts.map((one) => one.field));
  // Nor is a point away that the shop keeps.
  if (operation.error) disputed.add('isRemoved');
  return Object.fromEntries(Object.entries(operation.body).filter(([name]) => name !== 'version' && !disputed.has(name)));
}

/** The day after an act that the shop has not answered yet. */
function expect(day: Day, operation: Operation): Day {
  const { about, body } = operation;
  switch (operation.kind) {
    case 'item': {
      const change = (item: Item): Item => ({ ...item, ...wishes(operation) });
      const back = operation.local?.item;
      return back ? mapChecklist(day, about, (checklist) => withItem(checklist, change(back), change)) : mapItem(day, about, change);
    }
    case 'checklist':
      return mapChecklist(day, about, (checklist) => ({ ...checklist, ...wishes(operation) }));
    case 'start': {
      const made = operation.local?.checklist;
      if (!made || findChecklist(day, about)) return day;
      return mapVisit(day, about.appointmentId, (visit) => ({ ...visit, checklists: [...visit.checklists, made] }));
    }
    case 'addItem': {
      const made = operation.local?.item;
      return made ? mapChecklist(day, about, (checklist) => withItem(checklist, made, (present) => present)) : day;
    }
    case 'photo': {
      const { width = null, height = null } = operation.local?.size ?? {};
      const photo: Photo = { id: String(body.id), width, height, annotations: null, thumbnailUrl: null, url: null, storedAt: null };
      return mapItem(day, about, (item) => (item.photos.some((one) => one.id === photo.id) ? item : { ...item, photos: [...item.photos, photo] }));
    }
    case 'annotate':
      return mapItem(day, about, (item) => ({
        ...item,
        photos: item.photos.map((one) => (one.id === about.photoId ? { ...one, ...(wishes(operation) as Partial<Photo>) } : one)),
      }));
    case 'removePhoto':
      return mapItem(day, about, (item) => ({ ...item, photos: item.photos.filter((one) => one.id !== about.photoId) }));
    case 'startTimer':
      return withTimer(day, { ...(body as unknown as Timer), jobId: (body.jobId as string | undefined) ?? null, stoppedAt: null, pauseReason: null });
    case 'stopTimer': {
      const timer = timersOf(day).find((one) => one.id === operation.local?.timerId);
      return timer ? withTimer(day, { ...timer, ...(body as Partial<Timer>) }) : day;
    }
    case 'undoStart':
      return operation.error ? day : withoutTimer(day, operation.local?.timerId);
    case 'needs':
      return mapVisit(day, about.appointmentId, (visit) => ({ ...visit, ...wishes(operation) }));
    case 'outcome':
      return mapJob(day, about, (job) => ({ ...job, ...wishes(operation) }));
    case 'check': {
      const made = operation.local?.check;
      if (!made) return day;
      const told = mapVisit(day, about.appointmentId, (visit) => ({ ...visit, checks: [...visit.checks.filter((one) => one.id !== made.id), made] }));
      return made.kind === 'quality' ? { ...told, toCheck: told.toCheck?.filter((one) => one.id !== about.appointmentId) ?? [] } : told;
    }
    case 'odometer':
      return mapVehicle(day, about, wishes(operation));
  }
}

/** The day after the shop's answer to an act. */
export function absorb(day: Day, operation: Operation, answer: unknown): Day {
  const { about } = operation;
  const told = (answer ?? {}) as Record<string, unknown>;
  switch (operation.kind) {
    case 'item':
    case 'addItem': {
      const change = (item: Item): Item => ({ ...item, ...(told as Partial<Item>), photos: (told.photos as Photo[] | undefined) ?? item.photos });
      if (told.isRemoved) return mapChecklist(day, about, (checklist) => ({ ...checklist, items: checklist.items.filter((item) => item.id !== about.itemId) }));
      // It is new, or was away in the meantime and is back.
      if (told.isAdded) return mapChecklist(day, about, (checklist) => withItem(checklist, change(told as unknown as Item), change));
      return mapItem(day, about, change);
    }
    case 'checklist':
      return mapChecklist(day, about, (checklist) => ({ ...checklist, ...(told as Partial<Checklist>), items: (told.items as Item[] | undefined) ?? checklist.items }));
    case 'start':
      return findChecklist(day, about)
        ? mapChecklist(day, about, (checklist) => ({ ...checklist, ...(told as Partial<Checklist>) }))
        : mapVisit(day, about.appointmentId, (visit) => ({ ...visit, checklists: [...visit.checklists, told as unknown as Checklist] }));
    case 'photo':
      return mapItem(day, about, (item) => ({ ...item, photos: withPhoto(item.photos, { ...(told as unknown as Photo), id: String(operation.body.id) }) }));
    case 'annotate':
      return mapItem(day, about, (item) => ({ ...item, photos: withPhoto(item.photos, told as unknown as Photo) }));
    case 'outcome':
      return mapJob(day, about, (job) => ({ ...job, ...(told as Partial<Job>) }));
    case 'odometer':
      return mapVehicle(day, about, told as Partial<Vehicle>);
    case 'startTimer':
    case 'stopTimer':
    case 'undoStart':
    case 'removePhoto':
    case 'needs':
    case 'check':
      return expect(day, operation);
  }
}

function stateOf(operation: Operation, sending: ReadonlySet<string>): RecordState {
  if (operation.error) return operation.error.conflicts.length > 0 ? 'conflict' : 'refused';
  return sending.has(operation.id) ? 'sending' : 'here';
}
const WEIGHT: Record<NonNullable<RecordState>, number> = { conflict: 3, refused: 2, here: 1, sending: 0 };

/** Answers of points in one sweep: five hundred of them must not walk through the day five hundred times. */
function answered(day: Day, answers: ReadonlyMap<string, Record<string, unknown>>): Day {
  if (answers.size === 0) return day;
  const change = (item: Item): Item => {
    const fields = answers.get(item.id);
    return fields ? { ...item, ...fields } : item;
  };
  return {
    ...day,
    appointments: day.appointments.map((visit) => ({
      ...visit,
      checklists: visit.checklists.map((checklist) => ({ ...checklist, items: checklist.items.map(change).filter((item) => !item.isRemoved) })),
    })),
  };
}

/** Lays what waits over the day, and tells where each record is. */
export function overlay(day: Day, operations: readonly Operation[], sending: ReadonlySet<string>): Overlaid {
  const states = new Map<string, RecordState>();
  const answers = new Map<string, Record<string, unknown>>();
  let result = day;
  for (const operation of operations) {
    const { about } = operation;
    if (operation.local?.item && operation.kind === 'item') result = expect(result, operation);
    if (operation.kind === 'item' && about.itemId) answers.set(about.itemId, { ...answers.get(about.itemId), ...wishes(operation) });
    else result = expect(result, operation);
    const state = stateOf(operation, sending);
    if (state === null) continue;
    for (const id of [about.photoId, about.itemId, about.jobId, about.checklistId, about.appointmentId]) {
      if (id === undefined) continue;
      const present = states.get(id);
      if (!present || WEIGHT[state] > WEIGHT[present]) states.set(id, state);
    }
  }
  return { day: answered(result, answers), states };
}
