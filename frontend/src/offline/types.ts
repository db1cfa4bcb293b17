/** What the tablet keeps of the day, and what waits on it to be sent. */
import type { PhotoMark } from '@/components/ui/PhotoMarks';
import type { Limits, Result } from '@/lib/inspection-answers';
import type { FieldConflict } from '@/types';

export type { Limits, Result };


export interface Photo {
  id: string;
  width: number | null;
  height: number | null;
  annotations: readonly PhotoMark[] | null;
  thumbnailUrl: string | null;
  url: string | null;
  storedAt: string | null;
  version?: number;
}
export interface Item {
  id: string;
  pointKey: string | null;
  section: string | null;
  label: string;
  help: string | null;
  unit: string | null;
  limits: Limits | null;
  needsPhoto: boolean;
  /** Whoever inspects saw what the template does not ask for; missing in a day that was kept by an older version. */
  isAdded?: boolean;
  /** One that was added and taken away again, as the answer to that tells; a day does not name it. */
  isRemoved?: boolean;
  result: Result | null;
  reading: number | string | null;
  note: string | null;
  jobId?: string | null;
  version: number;
  photos: Photo[];
}
export interface Checklist {
  id: string;
  /** Of one that was begun here: the shop names those that it knows of with the visit. */
  templateId?: string;
  title: string;
  status: 'open' | 'submitted';
  version: number;
  holderId: string | null;
  holderName: string | null;
  submittedAt: string | null;
  items: Item[];
}
export interface Timer {
  id: string;
  appointmentId: string;
  jobId: string | null;
  /** Whose it is; missing for one's own that was started here. */
  userId?: string;
  startedAt: string;
  stoppedAt: string | null;
  pauseReason: string | null;
}
export interface Job {
  id: string;
  name: string;
  hours: number | string | null;
  approval: string;
  /** When the customer last answered; a day that was kept by an older version does not say. */
  decidedAt?: string | null;
  notes: string | null;
  cause: string | null;
  correction: string | null;
  version: number;
}
/** A test drive, or a look at finished work. */
export interface Check {
  id: string;
  kind: 'test_drive' | 'quality';
  isPassed: boolean;
  note: string | null;
  checkedAt: string;
  checkedBy: string;
}
/** A car; `mileage` in miles as it was last read. */
export interface Vehicle {
  id: string | null;
  label: string;
  plate: string | null;
  mileage: number | null;
  version: number | null;
}
export interface Visit {
  id: string;
  number: number;
  status: string;
  /** A day that was kept by an older version does not say. */
  statusSince?: string;
  start: string;
  end: string;
  promisedAt: string | null;
  keyTag: string | null;
  vehicle: Vehicle | null;
  customerName: string | null;
  title: string | null;
  notes: string | null;
  version: number;
  jobs: Job[];
  needsPart: boolean;
  needsApproval: boolean;
  /** Which part; like what follows, a day that was kept by an older version does not say. */
  wantedPart?: string | null;
  /** When somebody else said that what the work waited for is here. */
  partHereAt?: string | null;
  approvalHereAt?: string | null;
  timers: Timer[];
  checks: Check[];
  history: { day: string; title: string; findings: { label: string; severity: Result }[] }[];
  checklists: Checklist[];
  /** Templates that are for this visit and car, the best first; a day that was kept by an older version does not say. */
  fittingTemplateIds?: string[];
  begunTemplateIds?: string[];
}
/** Finished work of somebody else that waits for a quality check. */
export interface ToCheck {
  id: string;
  number: number;
  keyTag: string | null;
  vehicle: string | null;
  title: string | null;
  techName: string | null;
  jobs: Job[];
}
export interface Point {
  key: string;
  section: string | null;
  label: string;
  help: string | null;
  reading: (Limits & { unit: string }) | null;
  needsPhoto: boolean;
}
export interface Template {
  id: string;
  name: string;
  versionId: string;
  points: Point[];
}
/** The answer of `/api/tech/today`: all that a technician needs of the day, without prices. */
export interface Day {
  now: string;
  today: string;
  timezone: string;
  me: { id: string; name: string };
  timer: Timer | null;
  appointments: Visit[];
  toCheck?: ToCheck[];
  templates: Template[];
}

export type Kind = 'start' | 'addItem' | 'item' | 'checklist' | 'photo' | 'annotate' | 'removePhoto' | 'startTimer' | 'stopTimer' | 'undoStart' | 'needs' | 'outcome' | 'check' | 'odometer';

/** Why the shop does not want it: it stays for the person to look at. */
export interface Refusal {
  status: number;
  code: string;
  words: string;
  conflicts: FieldConflict[];
  /** The version of the thing as the refusal brought it. */
  version: number | null;
}

/** What an operation is about, to find it in the day. */
export interface Subject {
  appointmentId: string;
  checklistId?: string;
  itemId?: string;
  photoId?: string;
  jobId?: string;
}

/** One act of a person, kept until the shop has it. Its id is its Idempotency-Key. */
export interface Operation {
  id: string;
  /** Given by the database: the order in which they happened. */
  seq: number;
  userId: string;
  kind: Kind;
  method: 'POST' | 'PATCH' | 'DELETE';
  url: string;
  body: Record<string, unknown>;
  about: Subject;
  /** A path: what happens to a record, and to what lies under it, keeps its order. */
  record: string;
  /** What stood on the screen of the fields that are changed. */
  base: Record<string, unknown>;
  /** What the screen shows until the shop answers: an inspection that was begun here, a point that was added, the clock that stops, a photo's size. */
  local?: { checklist?: Checklist; item?: Item; check?: Check; timerId?: string; size?: { width: number; height: number } };
  /** In words, for the queue: which point, which car. */
  label: string;
  createdAt: number;
  /** How often it was handed over. From the first time on, its body stays the same. */
  tries: number;
  error: Refusal | null;
}
export type NewOperation = Omit<Operation, 'id' | 'seq' | 'createdAt' | 'tries' | 'error' | 'userId'> & { id?: string };

/** A photo's bytes, as they go to the shop. */
export interface KeptPhoto {
  id: string;
  userId: string;
  itemId: string;
  bytes: ArrayBuffer;
  type: string;
}

export interface KeptDay {
  userId: string;
  day: Day;
  keptAt: number;
  /** How many answers of the shop it has taken in. */
  answers?: number;
}
export interface Person {
  id: string;
  name: string;
}

/** Where a record is: on this device only, on its way, refused, in conflict; null is in the shop. */
export type RecordState = 'here' | 'sending' | 'refused' | 'conflict' | null;
