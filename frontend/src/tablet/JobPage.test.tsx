import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import { dismissAllToasts, toastStore } from '@/components/ui/toast-store';
import userEvent from '@testing-library/user-event';
import { MemoryRouter, Route, Routes, useLocation } from 'react-router';
import type { Day, NewOperation, Visit } from '@/offline/types';
import * as encode from '@/features/photos/encode';
import { makeChecklist, makeDay, makeItem, makeVisit, MARCUS } from '@/testing/tech-day';
import { JobPage } from './JobPage';
import { PointBody } from './PointBody';
import { keeper } from './work';

const HOUR = 3_600_000;
const added: NewOperation[] = [];
const listeners = new Set<() => void>();
afterEach(() => {
  vi.restoreAllMocks();
  added.length = 0;
});
function Here() {
  return <p>{`at ${useLocation().pathname}`}</p>;
}
function show(visit: Visit, changes: Partial<Day> = {}): void {
  const work = { ...keeper.read(), status: 'in' as const, person: MARCUS, day: makeDay({ appointments: [visit], ...changes }) };
  vi.spyOn(keeper, 'read').mockReturnValue(work);
  vi.spyOn(keeper, 'subscribe').mockImplementation((told) => (listeners.add(told), () => listeners.delete(told)));
  vi.spyOn(keeper, 'add').mockImplementation((operation) => {
    added.push(operation);
    return Promise.resolve();
  });
  render(
    <MemoryRouter initialEntries={[`/jobs/${visit.id}`]}>
      <Routes>
        <Route path="/jobs/:id" element={<JobPage />} />
        <Route path="*" element={<Here />} />
      </Routes>
    </MemoryRouter>,
  );
}
const press = (name: string | RegExp): Promise<void> => userEvent.click(screen.getByRole('button', { name }));
const timer = { id: 'timer-1', appointmentId: 'visit-1', jobId: 'job-1', startedAt: '2026-11-20T14:00:00Z', stoppedAt: null, pauseReason: null };

it('asks which part is needed before anything happens, then stops the clock for it', async () => {
  show(makeVisit(), { timer });
  await press('Needs a part');
  await press('Cancel');
  expect(added).toEqual([]);
  await press('Needs a part');
  await userEvent.type(screen.getByLabelText('Which part?'), 'Front pads{Enter}');
  expect(added.map(({ kind, body }) => [kind, body])).toEqual([
    ['stopTimer', { stoppedAt: expect.any(String) as string, pauseReason: 'needs_part' }],
    ['needs', { needsPart: true, wantedPart: 'Front pads' }],
  ]);
});

it('lets the clock go on that a flag stopped, when the flag is taken down at once', async () => {
  show(makeVisit(), { timer });
  await press('Needs approval');
  expect(added.map((one) => one.kind)).toEqual(['stopTimer', 'needs']);
  act(() => {
    vi.mocked(keeper.read).mockReturnValue({ ...keeper.read(), day: makeDay({ appointments: [makeVisit({ needsApproval: true })] }) });
    for (const told of [...listeners]) told();
  });
  await press('Needs approval');
  expect(added.slice(2).map(({ kind, body }) => [kind, body.needsApproval, body.jobId])).toEqual([
    ['needs', false, undefined],
    ['startTimer', undefined, 'job-1'],
  ]);
});

it('asks whether a car is here that is planned for hours later', async () => {
  const start = new Date(Date.now() + 5 * HOUR).toISOString();
  show(makeVisit({ status: 'SCHEDULED', start }));
  await press(/^Start the clock on/);
  expect(screen.getByRole('dialog', { name: 'Is 2019 Toyota Corolla here?' })).toBeVisible();
  await press('Cancel');
  expect(added).toEqual([]);
  await press(/^Start the clock on/);
  await press('It is here, start');
  expect(added.map((one) => one.kind)).toEqual(['startTimer']);
});

it('starts at once what is planned for now', async () => {
  show(makeVisit({ status: 'SCHEDULED', start: new Date().toISOString() }));
  await press(/^Start the clock on/);
  expect(added.map((one) => one.kind)).toEqual(['startTimer']);
});

it('asks what was seen where a finding is told, and takes it into the inspection that is begun', async () => {
  show(makeVisit({ checklists: [makeChecklist(2, { items: [makeItem(1, { result: 'pass' }), makeItem(2)] })] }));
  await press('Finding');
  expect(screen.getByText('It becomes a point of “Courtesy check”.')).toBeVisible();
  await userEvent.type(screen.getByRole('textbox', { name: /What did you see/ }), 'Dent');
  await press('Urgent');
  await press('Add');
  expect(await screen.findByText('at /checks/list-1/3')).toBeVisible();
  expect(added.map(({ kind, body }) => [kind, body.label, body.result])).toEqual([['addItem', 'Dent', 'fail']]);
});

it('begins the inspection that a photo goes into only once it is said what of, and says so before and after', async () => {
  vi.spyOn(encode, 'encodePhoto').mockResolvedValue({ blob: new Blob(['photo'], { type: 'image/jpeg' }), width: 4, height: 3 });
  const template = { id: 'template-1', name: 'Multi-point', versionId: 'version-1', points: [{ key: 'pads', section: null, label: 'Pads', help: null, reading: null, needsPhoto: false }] };
  show(makeVisit({ checklists: [] }), { templates: [template] });
  await press('Photo');
  expect(screen.getByText('This begins “Multi-point” on this car, with it as a point.')).toBeVisible();
  await press('Cancel');
  expect(added).toEqual([]);
  await press('Photo');
  await userEvent.upload(screen.getByLabelText('Take the photo'), new File(['x'], 'dent.jpg', { type: 'image/jpeg' }));
  expect(await screen.findByText('1 photo taken. One more')).toBeVisible();
  await press('Add');
  expect(screen.getByText('Say what it is.')).toBeVisible();
  await userEvent.type(screen.getByRole('textbox', { name: /What is it a photo of/ }), 'Dent');
  await press('Add');
  expect(await screen.findByText(/^at \/checks\/.+\/2$/)).toBeVisible();
  expect(added.map((one) => one.kind)).toEqual(['start', 'addItem', 'photo']);
  expect(added[2]?.about.itemId).toBe(added[1]?.body.id);
  expect(toastStore.read().at(-1)?.title).toBe('“Multi-point” is begun on this car, with “Dent”.');
});

describe('a photo', () => {
  const open = async (): Promise<void> => {
    show(makeVisit({ checklists: [makeChecklist(2)] }));
    await press('Photo');
    await userEvent.type(screen.getByRole('textbox', { name: /What is it a photo of/ }), 'Tread');
  };
  const take = (): Promise<void> => userEvent.upload(screen.getByLabelText('Take the photo'), new File(['x'], 'tread.jpg', { type: 'image/jpeg' }));
  const drawn = { blob: new Blob(['photo'], { type: 'image/jpeg' }), width: 4, height: 3 };

  it('has a picture, may say that all is well, and is not added while a picture is still drawn', async () => {
    let finish: () => void = () => undefined;
    vi.spyOn(encode, 'encodePhoto').mockReturnValue(new Promise((done) => (finish = () => done(drawn))));
    await open();
    await press('Add');
    expect(screen.getByRole('alert')).toHaveTextContent('Take the photo first.');
    expect(added).toEqual([]);
    await take();
    expect(screen.getByRole('button', { name: 'Saving…' })).toBeDisabled();
    finish();
    expect(await screen.findByText('1 photo taken. One more')).toBeVisible();
    await press('OK');
    await press('Add');
    expect(await screen.findByText('at /checks/list-1/3')).toBeVisible();
    expect(added.map(({ kind, body }) => [kind, body.result])).toEqual([
      ['addItem', 'pass'],
      ['photo', undefined],
    ]);
  });

  it('that was taken is not dropped without a question', async () => {
    vi.spyOn(encode, 'encodePhoto').mockResolvedValue(drawn);
    show(makeVisit({ checklists: [makeChecklist(2)] }));
    await press('Photo');
    await take();
    await screen.findByText('1 photo taken. One more');
    await userEvent.keyboard('{Escape}');
    await press('Keep editing');
    expect(screen.getByText('1 photo taken. One more')).toBeVisible();
  });

  it('for which there was no room leaves the question open, and is written once it has room', async () => {
    vi.spyOn(encode, 'encodePhoto').mockImplementation(() => Promise.resolve({ ...drawn }));
    await open();
    await take();
    await screen.findByText('1 photo taken. One more');
    await take();
    await screen.findByText('2 photos taken. One more');
    vi.mocked(keeper.add).mockImplementation((operation) => {
      if (added.some((one) => one.kind === 'photo')) return Promise.reject(new DOMException('', 'QuotaExceededError'));
      added.push(operation);
      return Promise.resolve();
    });
    dismissAllToasts();
    await press('Add');
    await waitFor(() => expect(toastStore.read().map((one) => one.tone)).toEqual(['error']));
    expect(screen.getByRole('dialog', { name: 'A photo' })).toBeVisible();
    vi.mocked(keeper.add).mockImplementation((operation) => (added.push(operation), Promise.resolve()));
    await press('Add');
    expect(await screen.findByText('at /checks/list-1/3')).toBeVisible();
    expect(added.map((one) => one.kind)).toEqual(['addItem', 'photo', 'photo']);
  });
});

it('asks about an odometer that is lower than the last reading, or far above it', async () => {
  show(makeVisit());
  const type = (miles: string): Promise<void> => userEvent.type(screen.getByLabelText('Odometer, miles'), `${miles}{Enter}`);
  await type('12');
  expect(screen.getByRole('dialog', { name: '12 miles?' })).toHaveTextContent('Lower than the last reading (48,210). Is it right?');
  await press('Look again');
  expect(added).toEqual([]);
  await userEvent.clear(screen.getByLabelText('Odometer, miles'));
  await type('148,2110');
  expect(screen.getByText('Type what the car shows, such as 41,250.')).toBeVisible();
  await userEvent.clear(screen.getByLabelText('Odometer, miles'));
  await type('148,211');
  expect(screen.getByRole('dialog', { name: '148,211 miles?' })).toHaveTextContent('More than 100,000 miles above the last reading (48,210). Is it right?');
  await press('Look again');
  expect(added).toEqual([]);
  await userEvent.clear(screen.getByLabelText('Odometer, miles'));
  await type('48,300');
  expect(added.map((one) => one.body.mileage)).toEqual([48_300]);
});

describe('a start by mistake', () => {
  const scheduled = makeVisit({ status: 'IN_PROGRESS' });
  const startOf = (operation: NewOperation | undefined) => ({ ...operation!, id: 'op-1', seq: 1, userId: MARCUS.id, createdAt: 0, tries: 0, error: null });
  const tapUndo = (): void => toastStore.read().find((one) => one.key === 'clock')?.action?.run();

  it('never leaves the tablet when it has not yet', async () => {
    show(scheduled);
    await press(/^Start the clock/);
    vi.mocked(keeper.read).mockReturnValue({ ...keeper.read(), operations: [startOf(added[0])] });
    const takeBack = vi.spyOn(keeper, 'takeBack').mockResolvedValue(true);
    tapUndo();
    await waitFor(() => expect(takeBack).toHaveBeenCalledWith('op-1'));
    expect(added.map((one) => one.kind)).toEqual(['startTimer']);
  });

  it('is taken back in the shop when that has it, and the clock goes on where it was', async () => {
    const other = makeVisit({ id: 'visit-2', jobs: [] });
    show(scheduled, { timer: { ...timer, appointmentId: 'visit-2', jobId: null }, appointments: [scheduled, other] });
    await press(/^Start the clock/);
    await userEvent.click(screen.getByText('Break'));
    tapUndo();
    await waitFor(() => expect(added.map((one) => one.kind)).toEqual(['stopTimer', 'startTimer', 'undoStart', 'startTimer']));
    expect(added[2]).toMatchObject({ url: `/api/tech/timers/${String(added[1]?.body.id)}/take-back`, body: { takenBackAt: expect.any(String) as string } });
    expect(added[3]?.body.appointmentId).toBe('visit-2');
  });

  it('can be said for an hour where the clock is paused', async () => {
    const ago = (minutes: number) => ({ ...timer, startedAt: new Date(Date.now() - minutes * 60_000).toISOString() });
    show(scheduled, { timer: ago(61) });
    await press(/^Pause the clock/);
    expect(screen.queryByText('Started by mistake')).toBeNull();
    cleanup();
    vi.restoreAllMocks();
    show(scheduled, { timer: ago(59) });
    await press(/^Pause the clock/);
    await userEvent.click(screen.getByText('Started by mistake'));
    await waitFor(() => expect(added.map((one) => one.kind)).toEqual(['undoStart']));
  });
});

it('names an added point anew and takes it away, each with the way back', async () => {
  const own = makeItem(2, { label: 'Tron belt', isAdded: true, result: 'fail' });
  const checklist = makeChecklist(1, { items: [makeItem(1), own] });
  const visit = makeVisit({ checklists: [checklist] });
  const work = { ...keeper.read(), status: 'in' as const, person: MARCUS, day: makeDay({ appointments: [visit] }) };
  vi.spyOn(keeper, 'read').mockReturnValue(work);
  vi.spyOn(keeper, 'add').mockImplementation((operation) => (added.push(operation), Promise.resolve()));
  render(<PointBody place={{ visit, checklist, item: own }} isMine />, { wrapper: MemoryRouter });

  await press('Rename');
  const name = screen.getByRole('textbox', { name: /What/ });
  await userEvent.clear(name);
  await userEvent.type(name, 'Torn belt{Enter}');
  await waitFor(() => expect(added).toHaveLength(1));
  toastStore.read().at(-1)?.action?.run();
  await press('Remove');
  await waitFor(() => expect(added).toHaveLength(3));
  toastStore.read().at(-1)?.action?.run();
  await waitFor(() => expect(added).toHaveLength(4));

  expect(added.map(({ body, base }) => [body, base])).toEqual([
    [{ label: 'Torn belt', version: 1 }, { label: 'Tron belt' }],
    [{ label: 'Tron belt', version: 1 }, { label: 'Torn belt' }],
    [{ isRemoved: true, version: 1 }, { label: 'Tron belt', result: 'fail', reading: null, note: null }],
    [{ isRemoved: false }, {}],
  ]);
  // The template's own points are not the technician's to name.
  cleanup();
  render(<PointBody place={{ visit, checklist, item: makeItem(1) }} isMine />, { wrapper: MemoryRouter });
  expect(screen.queryByRole('button', { name: 'Rename' })).toBeNull();
});
