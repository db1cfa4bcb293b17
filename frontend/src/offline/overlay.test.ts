import { makeDay, makeItem, makeVisit } from '@/testing/tech-day';
import { absorb, findItem, overlay } from './overlay';
import type { Operation, Timer } from './types';

const ABOUT = { appointmentId: 'visit-1', checklistId: 'list-1', itemId: 'item-1' };
function operation(changes: Partial<Operation>): Operation {
  return {
    id: 'op-1',
    seq: 1,
    userId: 'marcus',
    kind: 'item',
    method: 'PATCH',
    url: '',
    body: {},
    about: ABOUT,
    record: '',
    base: {},
    label: '',
    createdAt: 0,
    tries: 0,
    error: null,
    ...changes,
  };
}
const NONE = new Set<string>();

describe('the day with what waits', () => {
  it('shows an answer at once and says where it is', () => {
    const answer = operation({ body: { result: 'fail', note: 'worn', version: 1 } });
    const { day, states } = overlay(makeDay(), [answer], NONE);
    expect(findItem(day, ABOUT)).toMatchObject({ result: 'fail', note: 'worn', version: 1 });
    expect(states.get('item-1')).toBe('here');
    expect(states.get('list-1')).toBe('here');
    expect(states.has('item-2')).toBe(false);
    expect(overlay(makeDay(), [answer], new Set(['op-1'])).states.get('item-1')).toBe('sending');
  });
  it('shows a point that was added behind the others, once, with what was answered there since', () => {
    const about = { ...ABOUT, itemId: 'item-9' };
    const added = operation({ id: 'op-9', kind: 'addItem', method: 'POST', about, local: { item: makeItem(9, { label: 'Torn belt', isAdded: true, result: 'fail' }) } });
    const note = operation({ id: 'op-10', about, body: { note: 'Cracked', version: 1 } });
    const { day, states } = overlay(makeDay(), [added, note], NONE);
    expect(day.appointments[0]?.checklists[0]?.items.map((one) => one.label)).toEqual(['Point 1', 'Point 2', 'Point 3', 'Point 4', 'Torn belt']);
    expect(findItem(day, about)).toMatchObject({ result: 'fail', note: 'Cracked' });
    expect(states.get('item-9')).toBe('here');
    // The shop has it: what waits is laid over the shop's own, and its answer again makes no second one.
    const kept = absorb(makeDay(), added, makeItem(9, { label: 'Torn belt', pointKey: 'torn_belt', isAdded: true, result: 'fail' }));
    expect(findItem(overlay(kept, [note], NONE).day, about)).toMatchObject({ pointKey: 'torn_belt', note: 'Cracked' });
    expect(absorb(kept, added, makeItem(9)).appointments[0]?.checklists[0]?.items).toHaveLength(5);
    expect(overlay(kept, [added], NONE).day.appointments[0]?.checklists[0]?.items).toHaveLength(5);
  });
  it('shows no point that was taken away, and shows it again where that is taken back', () => {
    const about = { ...ABOUT, itemId: 'item-9' };
    const own = makeItem(9, { label: 'Torn belt', isAdded: true, note: 'Cracked' });
    const day = makeDay({ appointments: [makeVisit({ checklists: [{ ...makeVisit().checklists[0]!, items: [makeItem(1), own] }] })] });
    const away = operation({ about, body: { isRemoved: true, version: 1 } });
    const back = operation({ id: 'op-2', about, body: { isRemoved: false }, local: { item: own } });
    expect(findItem(overlay(day, [away], NONE).day, about)).toBeNull();
    expect(findItem(overlay(day, [away, back], NONE).day, about)).toMatchObject({ note: 'Cracked' });
    // The shop has taken it away: until it has it back, it is what it was here.
    const without = absorb(day, away, { ...own, isRemoved: true, version: 2 });
    expect(findItem(without, about)).toBeNull();
    expect(findItem(overlay(without, [back], NONE).day, about)).toMatchObject({ label: 'Torn belt', note: 'Cracked' });
    expect(findItem(absorb(without, back, { ...own, isRemoved: false, version: 3 }), about)).toMatchObject({ version: 3 });
    // Refused or disputed it stands there.
    const conflicts = [{ field: 'isRemoved', yours: true, theirs: false, base: null, changedBy: 'Sam', changedAt: null }];
    for (const refused of [[], conflicts]) {
      const parked = { ...away, error: { status: 409, code: '', words: '', conflicts: refused, version: 2 } };
      expect(findItem(overlay(day, [parked], NONE).day, about)).not.toBeNull();
    }
  });
  it('shows no clock that was started by mistake, unless the shop does not take that back', () => {
    const running: Timer = { id: 'timer-1', appointmentId: 'visit-1', jobId: null, startedAt: '2026-11-20T14:00:00Z', stoppedAt: null, pauseReason: null };
    const day = makeDay({ timer: running, appointments: [makeVisit({ timers: [running] })] });
    const undo = operation({ kind: 'undoStart', about: { appointmentId: 'visit-1' }, local: { timerId: 'timer-1' } });
    for (const shown of [overlay(day, [undo], NONE).day, absorb(day, undo, null)]) {
      expect(shown.timer).toBeNull();
      expect(shown.appointments[0]?.timers).toEqual([]);
    }
    const late = { ...undo, error: { status: 409, code: 'too_late', words: '', conflicts: [], version: null } };
    expect(overlay(day, [late], NONE).day.timer).toEqual(running);
  });
  it('shows the shop’s value of a field in conflict, and what nobody disputes', () => {
    const conflicts = [{ field: 'result', yours: 'fail', theirs: 'pass', base: null, changedBy: 'Sam', changedAt: null }];
    const parked = operation({ body: { result: 'fail', note: 'worn' }, error: { status: 409, code: 'edit_conflict', words: '', conflicts, version: 3 } });
    const theirs = makeDay({ appointments: [makeVisit({ checklists: [{ ...makeVisit().checklists[0]!, items: [makeItem(1, { result: 'pass' })] }] })] });
    const { day, states } = overlay(theirs, [parked], NONE);
    expect(findItem(day, ABOUT)).toMatchObject({ result: 'pass', note: 'worn' });
    expect(states.get('item-1')).toBe('conflict');
  });
  it('shows no inspection as submitted whose submission was refused, and says so', () => {
    const submit = operation({ kind: 'checklist', about: { appointmentId: 'visit-1', checklistId: 'list-1' }, body: { status: 'submitted' } });
    expect(overlay(makeDay(), [submit], NONE).day.appointments[0]?.checklists[0]?.status).toBe('submitted');
    const refused = { ...submit, error: { status: 422, code: 'incomplete', words: '', conflicts: [], version: null } };
    const { day, states } = overlay(makeDay(), [refused], NONE);
    expect(day.appointments[0]?.checklists[0]?.status).toBe('open');
    expect(states.get('list-1')).toBe('refused');
  });
  it('shows a photo before the shop has it, and once when it has', () => {
    const photo = operation({ kind: 'photo', method: 'POST', body: { id: 'photo-1' }, about: { ...ABOUT, photoId: 'photo-1' } });
    const waiting = overlay(makeDay(), [photo], NONE).day;
    expect(findItem(waiting, ABOUT)?.photos.map((one) => one.id)).toEqual(['photo-1']);
    const stored = absorb(makeDay(), photo, { id: 'photo-1', storedAt: '2026-11-20T15:00:00Z', url: '/x' });
    expect(findItem(overlay(stored, [photo], NONE).day, ABOUT)?.photos).toHaveLength(1);
    expect(findItem(stored, ABOUT)?.photos[0]?.storedAt).not.toBeNull();
  });
  it('shows an inspection that was begun here', () => {
    const local = { checklist: { ...makeVisit().checklists[0]!, id: 'list-9' } };
    const begun = operation({ kind: 'start', method: 'POST', about: { appointmentId: 'visit-1', checklistId: 'list-9' }, local });
    expect(overlay(makeDay(), [begun], NONE).day.appointments[0]?.checklists.map((one) => one.id)).toEqual(['list-1', 'list-9']);
  });
  it('runs and stops the clock', () => {
    const body = { id: 'timer-1', appointmentId: 'visit-1', startedAt: '2026-11-20T15:00:00Z' };
    const start = operation({ kind: 'startTimer', body });
    const running = overlay(makeDay(), [start], NONE).day;
    expect(running.timer).toMatchObject({ id: 'timer-1', stoppedAt: null });
    const stop = operation({ id: 'op-2', kind: 'stopTimer', body: { stoppedAt: '2026-11-20T15:30:00Z', pauseReason: 'needs_part' }, local: { timerId: 'timer-1' } });
    const stopped = overlay(makeDay(), [start, stop], NONE).day;
    expect(stopped.timer).toBeNull();
    expect(stopped.appointments[0]?.timers).toEqual([expect.objectContaining({ id: 'timer-1', pauseReason: 'needs_part' })]);
    const told: Timer = { jobId: null, stoppedAt: null, pauseReason: null, ...body };
    expect(absorb(makeDay({ timer: told }), stop, {}).timer).toBeNull();
  });
});
