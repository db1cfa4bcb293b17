/** What a technician can do, as operations for the queue. */
import type { EncodedPhoto } from '@/features/photos/encode';
import type { Check, Checklist, Item, Job, KeptPhoto, NewOperation, Photo, Result, Template, ToCheck, Vehicle, Visit } from '@/offline/types';

/** This moment by this device's clock, to the millisecond: two acts within a second stay in their order. Not before `earliest`. */
export function now(earliest = ''): string {
  return new Date(Math.max(Date.now(), Date.parse(earliest) || 0)).toISOString();
}

/** What is said of a point; one's own, that the template does not ask for, is called something too. */
type Answer = Partial<Pick<Item, 'result' | 'reading' | 'note' | 'label'>>;
/** The visit and inspection that a point belongs to. */
export interface Place {
  visit: Visit;
  checklist: Checklist;
  item: Item;
}

export function carOf(visit: Visit): string {
  return visit.vehicle?.label ?? `#${visit.number}`;
}
const about = ({ visit, checklist, item }: Place) => ({ appointmentId: visit.id, checklistId: checklist.id, itemId: item.id });
const pointRecord = ({ visit, checklist, item }: Place): string => `${visit.id}/${checklist.id}/${item.id}`;
const pointLabel = ({ visit, item }: Place): string => `${carOf(visit)}: ${item.label}`;

export function answer(place: Place, fields: Answer): NewOperation {
  const { checklist, item } = place;
  return {
    kind: 'item',
    method: 'PATCH',
    url: `/api/checklists/${checklist.id}/items/${item.id}`,
    body: { ...fields, version: item.version },
    about: about(place),
    record: pointRecord(place),
    base: Object.fromEntries(Object.keys(fields).map((name) => [name, item[name as keyof Answer]])),
    label: pointLabel(place),
  };
}

/** Something that the template does not ask for, seen here and now; the shop keeps it by the same id. */
export function addPoint(visit: Visit, checklist: Checklist, label: string, result: Result): NewOperation {
  const id = crypto.randomUUID();
  const item: Item = {
    id,
    pointKey: null,
    section: null,
    label,
    help: null,
    unit: null,
    limits: null,
    needsPhoto: false,
    isAdded: true,
    result,
    reading: null,
    note: null,
    jobId: null,
    version: 1,
    photos: [],
  };
  const place = { visit, checklist, item };
  return {
    kind: 'addItem',
    method: 'POST',
    url: `/api/checklists/${checklist.id}/items`,
    body: { id, label, result },
    about: about(place),
    record: pointRecord(place),
    base: {},
    local: { item },
    label: pointLabel(place),
  };
}

/** Takes an added point away. What others have done to it since it was seen here, they are asked about. */
export function removePoint(place: Place): NewOperation {
  const { result, reading, note, label } = place.item;
  return { ...answer(place, {}), body: { isRemoved: true, version: place.item.version }, base: { result, reading, note, label } };
}
/** Brings one back that was taken away, as it was. */
export function restorePoint(place: Place): NewOperation {
  return { ...answer(place, {}), body: { isRemoved: false }, local: { item: { ...place.item, isRemoved: false } } };
}

export interface Picture {
  bytes: ArrayBuffer;
  type: string;
  width: number;
  height: number;
}
export async function bytesOf({ blob, width, height }: EncodedPhoto): Promise<Picture> {
  return { bytes: await blob.arrayBuffer(), type: blob.type, width, height };
}
export function takePhoto(place: Place, { bytes, type, width, height }: Picture): [NewOperation, Omit<KeptPhoto, 'userId'>] {
  const id = crypto.randomUUID();
  const operation: NewOperation = {
    id,
    kind: 'photo',
    method: 'POST',
    url: `/api/items/${place.item.id}/photos`,
    body: { id },
    about: { ...about(place), photoId: id },
    record: `${pointRecord(place)}/${id}`,
    base: {},
    local: { size: { width, height } },
    label: pointLabel(place),
  };
  return [operation, { id, itemId: place.item.id, bytes, type }];
}

export function removePhoto(place: Place, photo: Photo): NewOperation {
  return {
    kind: 'removePhoto',
    method: 'DELETE',
    url: `/api/photos/${photo.id}`,
    body: {},
    about: { ...about(place), photoId: photo.id },
    record: `${pointRecord(place)}/${photo.id}`,
    base: {},
    label: pointLabel(place),
  };
}

export function annotate(place: Place, photo: Photo, annotations: Photo['annotations']): NewOperation {
  return {
    kind: 'annotate',
    method: 'PATCH',
    url: `/api/photos/${photo.id}`,
    body: { annotations: annotations ?? [], version: photo.version ?? 1 },
    about: { ...about(place), photoId: photo.id },
    record: `${pointRecord(place)}/${photo.id}`,
    base: { annotations: photo.annotations ?? [] },
    label: pointLabel(place),
  };
}

/** Begins an inspection here and now; the shop makes the same points with the same ids when it hears of it. */
export function startChecklist(visit: Visit, template: Template, me: { id: string; name: string }): NewOperation {
  const itemIds = Object.fromEntries(template.points.map((point) => [point.key, crypto.randomUUID()]));
  const checklist: Checklist = {
    id: crypto.randomUUID(),
    templateId: template.id,
    title: template.name,
    status: 'open',
    version: 1,
    holderId: me.id,
    holderName: me.name,
    submittedAt: null,
    items: template.points.map((point) => ({
      id: itemIds[point.key] ?? point.key,
      pointKey: point.key,
      section: point.section,
      label: point.label,
      help: point.help,
      unit: point.reading?.unit ?? null,
      limits: point.reading,
      needsPhoto: point.needsPhoto,
      result: null,
      reading: null,
      note: null,
      jobId: null,
      version: 1,
      photos: [],
    })),
  };
  return {
    kind: 'start',
    method: 'POST',
    url: `/api/appointments/${visit.id}/checklists`,
    body: { id: checklist.id, templateId: template.id, versionId: template.versionId, itemIds, startedAt: now() },
    about: { appointmentId: visit.id, checklistId: checklist.id },
    record: `${visit.id}/${checklist.id}`,
    base: {},
    local: { checklist },
    label: `${carOf(visit)}: ${template.name}`,
  };
}

export function changeChecklist(visit: Visit, checklist: Checklist, fields: { status?: 'submitted' | 'open'; holderId?: string }): NewOperation {
  return {
    kind: 'checklist',
    method: 'PATCH',
    url: `/api/checklists/${checklist.id}`,
    // As it stood on the screen: what the same person does to it until this is sent is no conflict for the shop.
    body: { ...fields, ...(fields.status === 'submitted' ? { submittedAt: now() } : {}), version: checklist.version },
    about: { appointmentId: visit.id, checklistId: checklist.id },
    record: `${visit.id}/${checklist.id}`,
    base: {},
    label: `${carOf(visit)}: ${checklist.title}`,
  };
}

export function setNeeds(visit: Visit, needs: { needsPart?: boolean; needsApproval?: boolean; wantedPart?: string }): NewOperation {
  return {
    kind: 'needs',
    method: 'PATCH',
    url: `/api/appointments/${visit.id}/needs`,
    body: needs,
    about: { appointmentId: visit.id },
    record: `${visit.id}/needs`,
    base: {},
    label: carOf(visit),
  };
}

/** What was found in a job, and what was done about it. */
export function tellOutcome(visit: Visit, job: Job, fields: Partial<Pick<Job, 'cause' | 'correction'>>): NewOperation {
  return {
    kind: 'outcome',
    method: 'PATCH',
    url: `/api/appointments/${visit.id}/jobs/${job.id}/outcome`,
    body: { ...fields, version: job.version },
    about: { appointmentId: visit.id, jobId: job.id },
    record: `${visit.id}/${job.id}`,
    base: Object.fromEntries(Object.keys(fields).map((name) => [name, job[name as 'cause' | 'correction']])),
    label: `${carOf(visit)}: ${job.name}`,
  };
}

export function testDrive(visit: Visit, isPassed: boolean, note: string | null, by: string): NewOperation {
  const check: Check = { id: crypto.randomUUID(), kind: 'test_drive', isPassed, note, checkedAt: now(), checkedBy: by };
  return {
    kind: 'check',
    method: 'POST',
    url: `/api/appointments/${visit.id}/checks`,
    body: { id: check.id, kind: check.kind, isPassed, note },
    about: { appointmentId: visit.id },
    record: `${visit.id}/checks`,
    base: {},
    local: { check },
    label: carOf(visit),
  };
}

/** A look at somebody else's finished work. */
export function qualityCheck(work: ToCheck, isPassed: boolean, note: string | null, by: string): NewOperation {
  const check: Check = { id: crypto.randomUUID(), kind: 'quality', isPassed, note, checkedAt: now(), checkedBy: by };
  return {
    kind: 'check',
    method: 'POST',
    url: `/api/appointments/${work.id}/checks`,
    body: { id: check.id, kind: check.kind, isPassed, note },
    about: { appointmentId: work.id },
    record: `${work.id}/checks`,
    base: {},
    local: { check },
    label: work.vehicle ?? `#${work.number}`,
  };
}

/** What the car shows on its odometer, in miles. */
export function readOdometer(visit: Visit, vehicle: Vehicle, mileage: number): NewOperation {
  return {
    kind: 'odometer',
    method: 'PATCH',
    url: `/api/tech/appointments/${visit.id}/odometer`,
    body: { mileage, version: vehicle.version ?? 1 },
    about: { appointmentId: visit.id },
    record: `${visit.id}/odometer`,
    base: { mileage: vehicle.mileage },
    label: carOf(visit),
  };
}
