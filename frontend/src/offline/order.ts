/** Which operations may go out now, and which two become one. Pure. */
import type { Item, Job, Operation, Photo, Vehicle } from './types';

function pathsOf(record: string): string[] {
  const parts = record.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/**
 * The operations that may be sent, in order, at most `limit`: no earlier one is about the same record, about one that it lies
 * under or one that lies under it. What was refused holds up what comes after it, until a person has decided.
 */
export function nextOperations(operations: readonly Operation[], sending: ReadonlySet<string>, limit: number): Operation[] {
  const earlier = new Set<string>();
  const above = new Set<string>();
  const found: Operation[] = [];
  for (const one of operations) {
    if (found.length >= limit) break;
    const paths = pathsOf(one.record);
    const isHeld = paths.some((path) => earlier.has(path)) || above.has(one.record);
    if (!isHeld && one.error === null && !sending.has(one.id)) found.push(one);
    earlier.add(one.record);
    for (const path of paths) above.add(path);
  }
  return found;
}

/**
 * The operation that says both, where the first has never left this device: a note that is typed on is one change. Null where
 * they stay two.
 */
export function merge(earlier: Operation, later: Pick<Operation, 'kind' | 'url' | 'body' | 'base' | 'method'>): Operation | null {
  const isSame = earlier.kind === later.kind && earlier.url === later.url && earlier.method === 'PATCH' && later.method === 'PATCH';
  if (!isSame || earlier.tries > 0 || earlier.error !== null) return null;
  return { ...earlier, body: { ...later.body, ...earlier.body, ...withoutVersion(later.body) }, base: { ...later.base, ...earlier.base } };
}
function withoutVersion(body: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== 'version'));
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
