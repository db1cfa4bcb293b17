import { findEarlier, isReplaced, isSameValue, merge, nextOperations, seenVersion, withFollowers } from './order';
import type { Operation } from './types';
import { makeItem } from '@/testing/tech-day';

let seq = 0;
function operation(record: string, changes: Partial<Operation> = {}): Operation {
  seq += 1;
  return {
    id: `op-${seq}`,
    seq,
    userId: 'marcus',
    kind: 'item',
    method: 'PATCH',
    url: `/api/${record}`,
    body: {},
    about: { appointmentId: 'visit-1' },
    record,
    base: {},
    label: '',
    createdAt: 0,
    tries: 0,
    error: null,
    ...changes,
  };
}
const REFUSED = { status: 422, code: 'invalid', words: 'No.', conflicts: [], version: null };
const next = (list: Operation[], sending: Operation[] = [], limit = 4): string[] =>
  nextOperations(list, new Set(sending.map((one) => one.id)), limit).map((one) => one.id);

describe('what goes out next', () => {
  it('keeps the order of one record and lets others travel beside it', () => {
    const [a, again, b] = [operation('v/c/1'), operation('v/c/1'), operation('v/c/2')];
    expect(next([a, again, b])).toEqual([a.id, b.id]);
    expect(next([a, again, b], [a])).toEqual([b.id]);
    expect(next([again, b])).toEqual([again.id, b.id]);
  });
  it('submits only after every point and photo of the inspection', () => {
    const [begin, point, photo, submit, other] = [operation('v/c'), operation('v/c/1'), operation('v/c/1/p'), operation('v/c'), operation('w/d/1')];
    expect(next([begin, point, photo, submit, other])).toEqual([begin.id, other.id]);
    expect(next([point, submit])).toEqual([point.id]);
    expect(next([submit])).toEqual([submit.id]);
  });
  it('holds a record up behind what was refused, and only that', () => {
    const [refused, after, submit, other] = [operation('v/c/1', { error: REFUSED }), operation('v/c/1'), operation('v/c'), operation('v/c/2')];
    expect(next([refused, after, other, submit])).toEqual([other.id]);
  });
  it('is not held up by a submission or a take-over that was refused: what the one lacked, and what was done since, has to go out', () => {
    const [submit, photo] = [operation('v/c', { kind: 'checklist', body: { status: 'submitted' }, error: REFUSED }), operation('v/c/1/p')];
    expect(next([submit, photo])).toEqual([photo.id]);
    expect(next([{ ...submit, body: { holderId: 'luis' } }, photo])).toEqual([photo.id]);
  });
  it('sends a point that was added before what was done at it, and the submission after', () => {
    const [added, answer, submit] = [operation('v/c/9', { kind: 'addItem' }), operation('v/c/9'), operation('v/c')];
    expect(next([added, answer, submit])).toEqual([added.id]);
    expect(next([answer, submit])).toEqual([answer.id]);
  });
  it('is not confused by names that begin alike', () => {
    const [a, b] = [operation('v/c/1'), operation('v/c/10')];
    expect(next([a, b])).toEqual([a.id, b.id]);
  });
  it('sends no more than so many at once', () => {
    expect(next([1, 2, 3, 4, 5].map((one) => operation(`v/c/${one}`)), [], 2)).toHaveLength(2);
  });
});

describe('two changes of one point', () => {
  it('are one while the first has not left, with what stood there before both', () => {
    const first = operation('v/c/1', { body: { note: 'thin', version: 3 }, base: { note: null } });
    const merged = merge(first, { kind: 'item', url: first.url, body: { note: 'thin, 2 mm', result: 'fail', version: 3 }, base: { note: 'thin', result: null } });
    expect(merged).toMatchObject({ id: first.id, body: { note: 'thin, 2 mm', result: 'fail', version: 3 }, base: { note: null, result: null } });
  });
  it('stay two once the first may have arrived', () => {
    const first = operation('v/c/1', { tries: 1 });
    expect(merge(first, { kind: 'item', url: first.url, body: {}, base: {} })).toBeNull();
    expect(merge({ ...first, tries: 0, error: REFUSED }, { kind: 'item', url: first.url, body: {}, base: {} })).toBeNull();
  });
  it('stay two when something about it, or about what lies over or under it, came between', () => {
    const [point, other] = [operation('v/c/1'), operation('v/c/2')];
    expect(findEarlier([point, other], 'v/c/1')).toBe(point);
    expect(findEarlier([point, operation('v/c')], 'v/c/1')).toBeUndefined();
    expect(findEarlier([operation('v/c'), point], 'v/c')).toBeUndefined();
    // A photo of a point changes none of its fields.
    expect(findEarlier([point, operation('v/c/1/photo-1', { kind: 'photo' })], 'v/c/1')).toBe(point);
    expect(findEarlier([operation('v/c/1/photo-1', { kind: 'photo' }), operation('v/c')], 'v/c/1/photo-1')).toBeUndefined();
    expect(findEarlier([operation('v/c/1'), operation('v/c/10')], 'v/c/1')).toMatchObject({ record: 'v/c/1' });
  });
  it('are never one where each is an act: an inspection taken over, and submitted', () => {
    const taken = operation('v/c', { kind: 'checklist', body: { holderId: 'luis' } });
    expect(merge(taken, { kind: 'checklist', url: taken.url, body: { status: 'submitted' }, base: {} })).toBeNull();
  });
});

describe('what was refused', () => {
  const refused = operation('v/c/1', { body: { note: 'far too long', version: 3 }, error: REFUSED });
  const anew = { ...refused, body: { note: 'short', version: 3 } };
  it('is needless once the same was said anew', () => {
    expect(isReplaced(refused, anew)).toBe(true);
    expect(isReplaced(refused, { ...anew, body: { result: 'pass', version: 3 } })).toBe(false);
    expect(isReplaced({ ...refused, error: null }, anew)).toBe(false);
  });
  it('goes where the inspection that it could not submit is gone on with', () => {
    const submission = operation('v/c', { kind: 'checklist', body: { status: 'submitted', version: 1 }, error: { ...REFUSED, code: 'inspection_incomplete' } });
    expect(isReplaced(submission, operation('v/c/1/p', { kind: 'photo', method: 'POST' }))).toBe(true);
    expect(isReplaced(submission, operation('v/c/1'))).toBe(true);
    expect(isReplaced(submission, operation('v/d/1'))).toBe(false);
    // What was refused for another reason is not mended by that: it stays to be seen.
    expect(isReplaced({ ...submission, error: REFUSED }, operation('v/c/1'))).toBe(false);
    expect(isReplaced({ ...submission, error: null }, operation('v/c/1'))).toBe(false);
    expect(isReplaced(operation('v/c', { kind: 'checklist', body: { holderId: 'ana' }, error: REFUSED }), operation('v/c/1'))).toBe(false);
  });
  it('stays where two values have to be chosen from', () => {
    const conflicts = [{ field: 'note', yours: 'a', theirs: 'b', base: null, changedBy: 'Sam', changedAt: null }];
    expect(isReplaced({ ...refused, error: { ...REFUSED, conflicts } }, anew)).toBe(false);
  });
  it('takes along what is nothing without it, and nothing else', () => {
    const [begin, point, other, photo, marks] = [
      operation('v/c', { kind: 'start', error: REFUSED }),
      operation('v/c/1'),
      operation('v/d/1'),
      operation('v/c/1/p', { kind: 'photo' }),
      operation('v/c/1/p', { kind: 'annotate' }),
    ];
    const all = [begin, point, other, photo, marks];
    expect(withFollowers(all, begin)).toEqual([begin, point, photo, marks]);
    expect(withFollowers(all, photo)).toEqual([photo, marks]);
    expect(withFollowers(all, point)).toEqual([point]);
    const added = { ...point, kind: 'addItem' as const };
    expect(withFollowers([added, photo, marks], added)).toEqual([added, photo, marks]);
  });
});

describe('the version that an edit is sent against', () => {
  const edit = operation('v/c/1', { body: { result: 'fail', version: 2 }, base: { result: null } });
  it('follows own edits and others’ of other fields', () => {
    expect(seenVersion(edit, makeItem(1, { version: 5, note: 'theirs' }))).toBe(5);
  });
  it('stays the one that was seen where the field is another now, so that the server tells of the conflict', () => {
    expect(seenVersion(edit, makeItem(1, { version: 5, result: 'pass' }))).toBe(2);
  });
  it('takes a decimal for the number that it is, and an empty note for none', () => {
    expect(isSameValue('3.20', 3.2)).toBe(true);
    expect(isSameValue('', null)).toBe(true);
    expect(isSameValue(null, 0)).toBe(false);
    expect(isSameValue('pass', 'fail')).toBe(false);
    expect(isSameValue([{ kind: 'arrow', x1: 0 }], [{ x1: 0, kind: 'arrow' }])).toBe(true);
    expect(isSameValue([], null)).toBe(true);
  });
});
