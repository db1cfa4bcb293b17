/** Which operations may go out now, and which two become one. Pure. */
import type { Item, Job, Kind, Operation, Photo, Vehicle } from './types';

function pathsOf(record: string): string[] {
  const parts = record.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

export function isSubmission({ kind, body }: Pick<Operation, 'kind' | 'body'>): boolean {
  return kind === 'checklist' && body.status === 'submitted';
}

/**
 * The operations that may be sent, in order, at most `limit`: no earlier one is about the same record, about one that it lies
 * under or one that lies under it. What was refused holds up what comes after it, until a person has decided; only who holds an
 * inspection and whether it is submitted do not: what a submission lacked has to go out, and no answer is refused for its holder.
 */
export function nextOperations(operations: readonly Operation[], sending: ReadonlySet<string>, limit: number): Operation[] {
  const earlier = new Set<string>();
  const above = new Set<string>();
  const found: Operation[] = [];
  for (const one of operations) {
    if (found.length >= limit) break;
    if (one.error && one.kind === 'checklist') continue;
    const paths = pathsOf(one.record);
    const isHeld = paths.some((path) => earlier.has(path)) || above.has(one.record);
    if (!isHeld && one.error === null && !sending.has(one.id)) found.push(one);
    earlier.add(one.record);
    for (const path of paths) above.add(path);
  }
  return found;
}

/** Whether two records are one, or one lies under the other: what is about them keeps its order. */
function isRelated(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}
const OF_PHOTOS: ReadonlySet<Kind> = new Set(['photo', 'annotate', 'removePhoto']);
/**
 * The operation that a new one about a record may become one with: the last about it, if nothing related came after it. A photo
 * of a point changes none of the point's own fields, so it does not stand between: who changed two of them meanwhile is asked once.
 */
export function findEarlier(operations: readonly Operation[], record: string): Operation | undefined {
  const last = operations.filter((one) => isRelated(one.record, record) && !(OF_PHOTOS.has(one.kind) && one.record !== record)).at(-1);
  return last?.record === record ? last : undefined;
}

/** Edits of fields. Taking an inspection over and submitting it are two acts, with all that was done between. */
const EDITS: ReadonlySet<Kind> = new Set(['item', 'annotate', 'needs', 'outcome', 'odometer']);

/**
 * The operation that says both, where the first has never left this device: a note that is typed on is one change. Null where
 * they stay two.
 */
export function merge(earlier: Operation, later: Pick<Operation, 'kind' | 'url' | 'body' | 'base'>): Operation | null {
  const isSame = EDITS.has(earlier.kind) && earlier.kind === later.kind && earlier.url === later.url;
  if (!isSame || earlier.tries > 0 || earlier.error !== null) return null;
  return { ...earlier, body: { ...later.body, ...earlier.body, ...withoutVersion(later.body) }, base: { ...later.base, ...earlier.base } };
}
function withoutVersion(body: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== 'version'));
}

/**
 * What the person's own edits that still wait say of the fields that a later one changes. The later one builds on that, also
 * where it was made from a screen that did not show them yet; what was refused waits for a choice, and is not what they built on.
 */
export function lastSaid(operations: readonly Operation[], later: Pick<Operation, 'kind' | 'url' | 'base'>): Record<string, unknown> {
  const waiting = operations.filter((one) => one.kind === later.kind && one.url === later.url && one.error === null);
  const said: Record<string, unknown> = Object.assign({}, ...waiting.map((one) => one.body));
  return Object.fromEntries(Object.entries(said).filter(([field]) => field in later.base));
}

/** The shop's word for an inspection that lacks an answer or a photo. */
const NOT_WHOLE = 'inspection_incomplete';
/** What mends an inspection that the shop refused as not whole. */
const MENDS: ReadonlySet<Kind> = new Set(['item', 'addItem', 'photo']);

/** Whether it goes on with an inspection whose submission lacked something: that is over, and has to be submitted anew. */
export function mends(later: Pick<Operation, 'kind' | 'record'>, submission: Operation): boolean {
  const isIncomplete = isSubmission(submission) && submission.error?.code === NOT_WHOLE;
  return isIncomplete && MENDS.has(later.kind) && later.record.startsWith(`${submission.record}/`);
}

/**
 * Whether a later act makes an earlier one needless that was refused: it says all of the same anew, or goes on with an inspection
 * whose submission lacked something. A conflict is none of these: there the person has to choose.
 */
export function isReplaced(earlier: Operation, later: Pick<Operation, 'kind' | 'url' | 'body' | 'method' | 'record'>): boolean {
  if (!earlier.error || earlier.error.conflicts.length > 0) return false;
  if (mends(later, earlier)) return true;
  if (later.method !== 'PATCH') return false;
  const isSame = earlier.kind === later.kind && earlier.url === later.url;
  return isSame && Object.keys(withoutVersion(earlier.body)).every((field) => field in later.body);
}

const MAKES: ReadonlySet<Kind> = new Set(['start', 'addItem', 'photo']);

/** An operation with those that are nothing without it: what was done in an inspection that was begun here, at a point that was added, or to a photo. */
export function withFollowers(operations: readonly Operation[], one: Operation): Operation[] {
  if (!MAKES.has(one.kind)) return [one];
  return operations.filter((other) => other.id === one.id || (other.seq > one.seq && (other.record === one.record || other.record.startsWith(`${one.record}/`))));
}

/** A value as it is compared: nothing is nothing, however it is written, and the order of an object's fields says nothing. */
function plain(value: unknown): string {
  if (value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return '';
  if (typeof value !== 'object') return String(value);
  return JSON.stringify(value, (_name, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}

/** Whether two values of a field are one: the server writes a reading as a decimal, an empty note as none. */
export function isSameValue(one: unknown, other: unknown): boolean {
  const [a, b] = [plain(one), plain(other)];
  return a === b || (a !== '' && b !== '' && Number(a) === Number(b));
}

/**
 * The version that an edit is sent against. Where the fields still are what the person saw, it is the one that is there now:
 * their own earlier edits, and others' of other fields, are no conflict. Else it stays the one they saw, and the server tells.
 */
export function seenVersion(operation: Operation, present: Item | Job | Photo | Vehicle | null): unknown {
  if (!present) return operation.body.version;
  const values = present as unknown as Record<string, unknown>;
  const isUntouched = Object.entries(operation.base).every(([field, value]) => isSameValue(values[field], value));
  return isUntouched ? (present.version ?? operation.body.version) : operation.body.version;
}
