import { act, cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { connect } from '@/lib/events';
import { discard, fieldsOf, unsavedOf } from '@/lib/unsaved';
import { renderSignedIn } from '@/testing/render-signed-in';
import { Stream } from '@/testing/streams';
import type { Appointment, DrawerData, JobHistory } from '@/types';
import { AppointmentDrawer } from './AppointmentDrawer';

const ORIGIN = 'http://localhost:3000';
const appointment: DrawerData['appointment'] = {
  id: 'a1',
  number: 1042,
  locationId: 'brooklyn',
  location: { id: 'brooklyn', name: 'Brooklyn', timezone: 'America/New_York', currency: 'USD' },
  status: 'SCHEDULED',
  statusSince: '2026-11-20T13:00:00Z',
  version: 3,
  start: '2026-11-20T14:00:00Z',
  end: '2026-11-20T15:00:00Z',
  day: '2026-11-20',
  promisedAt: null,
  checkInAt: null,
  checkOutAt: null,
  confirmedAt: null,
  customerId: 'c1',
  vehicleId: null,
  customerName: 'Ana Reyes',
  vehicle: '2019 Toyota Corolla',
  plate: '7ABC-123',
  techId: 't1',
  techName: 'Marcus Bell',
  bayId: null,
  bayName: null,
  keyTag: null,
  title: 'Brakes squeal',
  notes: null,
  visitType: null,
  isWaiting: false,
  isOverbooked: false,
  overbookReason: null,
  overbookedBy: null,
  overbookedByName: null,
  failedCheck: null,
  isWorkDone: false,
  unreadCount: 0,
  jobsOffered: 0,
  servicesSummary: null,
  createdAt: '2026-11-19T14:00:00Z',
  updatedAt: '2026-11-19T14:00:00Z',
};
let data: DrawerData;
let patches: Record<string, unknown>[] = [];
let answer: (body: Record<string, unknown>) => Response | Promise<Response>;
const save = (body: Record<string, unknown>): Response => {
  data = { ...data, appointment: { ...data.appointment, ...body, version: data.appointment.version + 1 } };
  return HttpResponse.json<Appointment>(data.appointment);
};

const server = setupServer(
  http.get(`${ORIGIN}/api/appointments/a1`, () => HttpResponse.json(data)),
  http.get(`${ORIGIN}/api/appointments/a1/history`, () => HttpResponse.json({ changes: [] })),
  http.get(`${ORIGIN}/api/users`, () => HttpResponse.json({ items: [{ id: 't1', name: 'Marcus Bell' }], nextCursor: null })),
  http.get(`${ORIGIN}/api/appointments/a1/messages`, () => HttpResponse.json({ items: [], nextCursor: null })),
  http.get(`${ORIGIN}/api/locations`, () => HttpResponse.json({ items: [], nextCursor: null })),
  http.patch<never, Record<string, unknown>>(`${ORIGIN}/api/appointments/a1`, async ({ request }) => {
    const body = await request.json();
    patches.push(body);
    return answer(body);
  }),
);
beforeAll(() => {
  server.listen({ onUnhandledRequest: 'error' });
  Element.prototype.scrollIntoView = () => undefined;
});
beforeEach(() => {
  data = { appointment, customer: null, vehicle: null, services: [], messages: [], payments: [], checklists: [], history: [] };
  patches = [];
  answer = save;
});
afterEach(() => {
  cleanup();
  server.resetHandlers();
  // What a test left unsaved is none of the next one's.
  for (const { patch } of unsavedOf('user-Owner')) discard('user-Owner', 'a1', fieldsOf(patch));
});
afterAll(() => server.close());

async function openDrawer(role: 'Owner' | 'Tech' = 'Owner') {
  renderSignedIn(<AppointmentDrawer id="a1" />, { role, at: '/board?open=a1' });
  await screen.findByRole('tab', { name: 'Overview' }, { timeout: 5_000 });
  return userEvent.setup();
}

describe('editing a field in the drawer', () => {
  it('saves it with the version that was in sight when one leaves it', async () => {
    const user = await openDrawer();
    await user.clear(screen.getByLabelText('What is it about?'));
    await user.type(screen.getByLabelText('What is it about?'), 'Brakes grind');
    await user.click(screen.getByLabelText('Notes'));
    await waitFor(() => expect(patches).toEqual([{ title: 'Brakes grind', version: 3 }]));
    await waitFor(() => expect(screen.getAllByText('Saved').length).toBeGreaterThan(0));
  });
  it('sends nothing when nothing changed, and takes a draft back on Escape', async () => {
    const user = await openDrawer();
    await user.click(screen.getByLabelText('What is it about?'));
    await user.keyboard('xyz{Escape}');
    expect(screen.getByLabelText('What is it about?')).toHaveValue('Brakes squeal');
    await user.click(screen.getByLabelText('Notes'));
    expect(screen.getByRole('dialog')).toBeInTheDocument();
    expect(patches).toEqual([]);
  });
  it('moves the end along with the start, in the location’s time', async () => {
    const user = await openDrawer();
    const time = screen.getByLabelText('Start: time');
    expect(time).toHaveValue('09:00');
    await user.clear(time);
    await user.type(time, '11:30');
    await user.click(screen.getByLabelText('Notes'));
    await waitFor(() =>
      expect(patches).toEqual([{ start: '2026-11-20T16:30:00Z', end: '2026-11-20T17:30:00.000Z', version: 3 }]),
    );
  });
  it('asks which of the two is meant where the clocks go back, and shows which it is', async () => {
    data.appointment = { ...appointment, start: '2026-11-01T14:00:00Z', end: '2026-11-01T15:00:00Z', day: '2026-11-01' };
    const user = await openDrawer();
    expect(screen.queryByLabelText('Start: which of the two')).toBeNull();
    await user.clear(screen.getByLabelText('Start: time'));
    await user.type(screen.getByLabelText('Start: time'), '01:30');
    const choice = screen.getByLabelText('Start: which of the two');
    expect([...choice.children].map((option) => option.textContent?.replace(/\s/g, ' '))).toEqual(['1:30 AM EDT (first)', '1:30 AM EST (second)']);
    expect(patches).toEqual([]);
    await user.selectOptions(choice, '1:30 AM EST (second)');
    await user.click(screen.getByLabelText('Notes'));
    await waitFor(() => expect(patches).toMatchObject([{ start: '2026-11-01T06:30:00Z' }]));
    await waitFor(() => expect(screen.getByLabelText('Start: which of the two')).toHaveValue('later'));
    await user.selectOptions(screen.getByLabelText('Start: which of the two'), '1:30 AM EDT (first)');
    await user.click(screen.getByLabelText('Notes'));
    await waitFor(() => expect(patches[1]).toMatchObject({ start: '2026-11-01T05:30:00Z' }));
  });
  it('says that a time does not exist which the clocks skip, and saves nothing', async () => {
    data.appointment = { ...appointment, start: '2027-03-14T14:00:00Z', end: '2027-03-14T15:00:00Z', day: '2027-03-14' };
    const user = await openDrawer();
    const time = screen.getByLabelText('Start: time');
    await user.clear(time);
    await user.type(time, '02:30');
    await user.click(screen.getByLabelText('Notes'));
    expect(await screen.findByText(/2:30\sAM does not exist on Sun, Mar 14: the clocks go forward over it. Enter another time, such as 3:30\sAM/)).toBeInTheDocument();
    expect(screen.getByLabelText('Start: time')).toBeInvalid();
    expect(patches).toEqual([]);
    await user.clear(time);
    await user.type(time, '03:30');
    await user.click(screen.getByLabelText('Notes'));
    await waitFor(() => expect(patches).toMatchObject([{ start: '2027-03-14T07:30:00Z' }]));
    expect(screen.queryByText(/does not exist/)).toBeNull();
  });
  it('shows both values when somebody else changed the field, and saves the chosen one on the newest version', async () => {
    answer = (body) =>
      body.version === 3
        ? HttpResponse.json(
            {
              status: 409,
              code: 'edit_conflict',
              conflicts: [
                { field: 'notes', yours: 'Mine', theirs: 'Theirs', base: null, changedBy: 'Sam Rivera', changedAt: '2026-11-20T14:00:00Z' },
              ],
              appointment: { ...appointment, notes: 'Theirs', version: 9 },
            },
            { status: 409 },
          )
        : save(body);
    const user = await openDrawer();
    await user.type(screen.getByLabelText('Notes'), 'Mine');
    await user.keyboard('{Control>}{Enter}{/Control}');
    await user.click(await screen.findByRole('radio', { name: /Mine/ }));
    expect(screen.getByRole('radio', { name: /Sam Rivera.*Theirs/ })).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Save my choice' }));
    await waitFor(() => expect(patches.at(-1)).toEqual({ notes: 'Mine', version: 9 }));
    await waitFor(() => expect(screen.queryByRole('radio')).toBeNull());
    expect(patches).toHaveLength(2);
  });
  it('shows what collides and keeps the old technician when one does not overbook', async () => {
    answer = () =>
      HttpResponse.json(
        {
          status: 409,
          code: 'overlap',
          collisions: [
            { id: 'x', number: 7, start: '2026-11-20T14:00:00Z', end: '2026-11-20T15:00:00Z', kind: 'technician', name: 'Marcus Bell', customerName: null, vehicle: null },
          ],
        },
        { status: 409 },
      );
    const user = await openDrawer();
    await user.selectOptions(screen.getByLabelText('Technician'), '');
    const dialog = await screen.findByRole('dialog', { name: 'This time is taken' });
    expect(dialog).toHaveTextContent('Marcus Bell is busy 9:00 AM – 10:00 AM');
    await user.click(within(dialog).getByRole('button', { name: 'Cancel' }));
    expect(await screen.findByLabelText('Technician')).toHaveValue('t1');
  });
});

describe('a second save while the first is on its way', () => {
  let release: () => void;
  let gate: Promise<void>;
  beforeEach(() => {
    gate = new Promise((done) => (release = done));
  });
  it('of the same field builds on the first one', async () => {
    answer = (body) => gate.then(() => save(body));
    const user = await openDrawer();
    const title = screen.getByLabelText('What is it about?');
    await user.type(title, ' A{Enter}');
    await user.type(title, 'B{Enter}');
    release();
    await waitFor(() => expect(patches).toHaveLength(2));
    expect(patches.map(({ title: text, version }) => [text, version])).toEqual([
      ['Brakes squeal A', 3],
      ['Brakes squeal AB', 4],
    ]);
  });
  it('of another field does not answer the first one’s conflict', async () => {
    answer = (body) =>
      gate.then(() =>
        'title' in body
          ? HttpResponse.json(
              {
                status: 409,
                code: 'edit_conflict',
                conflicts: [{ field: 'title', yours: body.title, theirs: 'Theirs', base: null, changedBy: 'Sam Rivera', changedAt: null }],
                appointment: { ...appointment, title: 'Theirs', version: 9 },
              },
              { status: 409 },
            )
          : save(body),
      );
    const user = await openDrawer();
    await user.type(screen.getByLabelText('What is it about?'), ' A{Enter}');
    await user.type(screen.getByLabelText('Notes'), 'Call{Control>}{Enter}{/Control}');
    release();
    await waitFor(() => expect(data.appointment.notes).toBe('Call'));
    expect(await screen.findByRole('radio', { name: /Sam Rivera/ })).toBeInTheDocument();
    await screen.findAllByText('Saved');
    expect(screen.getByRole('radio', { name: /Sam Rivera/ })).toBeInTheDocument();
  });
});

describe('what is being typed', () => {
  it('is saved when one goes to another tab by key', async () => {
    const user = await openDrawer();
    await user.type(screen.getByLabelText('Notes'), 'Call first');
    await user.keyboard('{Alt>}2{/Alt}');
    expect(screen.getByRole('tab', { name: 'Services' })).toHaveAttribute('aria-selected', 'true');
    await waitFor(() => expect(patches).toEqual([{ notes: 'Call first', version: 3 }]));
  });
  it('is saved when the browser goes back', async () => {
    const { unmount } = renderSignedIn(<AppointmentDrawer id="a1" />, { at: '/board?open=a1' });
    await userEvent.type(await screen.findByLabelText('Notes'), 'Call first');
    unmount();
    await waitFor(() => expect(patches).toEqual([{ notes: 'Call first', version: 3 }]));
  });
  it('and was given up on Escape stays unsaved', async () => {
    const { unmount } = renderSignedIn(<AppointmentDrawer id="a1" />, { at: '/board?open=a1' });
    await userEvent.type(await screen.findByLabelText('Notes'), 'Call first{Escape}');
    unmount();
    await new Promise((done) => setTimeout(done, 50));
    expect(patches).toEqual([]);
  });
});

describe('what the server could not be given', () => {
  const silence = () => HttpResponse.error();
  const stored = () => Object.entries(localStorage).filter(([key]) => key.startsWith('keytag.unsaved.'));
  const mount = () => renderSignedIn(<AppointmentDrawer id="a1" />, { at: '/board?open=a1' });

  it('stays in its field, says so, and is sent by itself when the server answers again', async () => {
    answer = silence;
    const user = await openDrawer();
    await user.type(screen.getByLabelText('Notes'), 'precious words');
    await user.click(screen.getByLabelText('What is it about?'));
    expect(await screen.findByText('Not saved yet')).toBeInTheDocument();
    expect(screen.getByText(/kept on this device and is sent when the connection is back/, { selector: 'p' })).toBeInTheDocument();
    expect(screen.getByLabelText('Notes')).toHaveValue('precious words');
    answer = save;
    await waitFor(() => expect(data.appointment.notes).toBe('precious words'));
    expect((await screen.findAllByText('Saved')).length).toBeGreaterThan(0);
    expect(screen.queryByText('Not saved yet')).toBeNull();
    expect(stored()).toEqual([]);
  });
  it('is there again when the drawer was closed and the page loaded anew, and goes out then', async () => {
    answer = silence;
    const { unmount } = mount();
    await userEvent.type(await screen.findByLabelText('Notes'), 'precious words');
    await userEvent.selectOptions(screen.getByLabelText('Technician'), '');
    await screen.findAllByText('Not saved yet');
    unmount();
    expect(stored()).toHaveLength(1);
    mount();
    expect(await screen.findByLabelText('Notes')).toHaveValue('precious words');
    expect(screen.getByLabelText('Technician')).toHaveValue('');
    answer = save;
    await waitFor(() => expect(data.appointment).toMatchObject({ notes: 'precious words', techId: null }));
    await waitFor(() => expect(stored()).toEqual([]));
  });
  it('is kept when the page is left in the middle of a word', async () => {
    answer = silence;
    await openDrawer();
    await userEvent.type(screen.getByLabelText('Notes'), 'half a wo');
    window.dispatchEvent(new Event('pagehide'));
    expect(stored()[0]?.[1]).toContain('half a wo');
    await screen.findByText('Not saved yet');
  });
  it('is asked about, not laid over what somebody else wrote meanwhile', async () => {
    answer = silence;
    const { unmount } = mount();
    await userEvent.type(await screen.findByLabelText('Notes'), 'Mine');
    await userEvent.click(screen.getByLabelText('What is it about?'));
    await screen.findByText('Not saved yet');
    unmount();
    data = { ...data, appointment: { ...appointment, notes: 'Theirs', version: 9 } };
    answer = (body) =>
      Number(body.version) < 9
        ? HttpResponse.json(
            {
              status: 409,
              code: 'edit_conflict',
              conflicts: [{ field: 'notes', yours: body.notes, theirs: 'Theirs', base: null, changedBy: 'Sam Rivera', changedAt: null }],
              appointment: data.appointment,
            },
            { status: 409 },
          )
        : save(body);
    mount();
    await userEvent.click(await screen.findByRole('radio', { name: /Mine/ }));
    expect(patches.map(({ version }) => version)).not.toContain(9);
    await userEvent.click(screen.getByRole('button', { name: 'Save my choice' }));
    await waitFor(() => expect(data.appointment.notes).toBe('Mine'));
    expect(patches.at(-1)).toEqual({ notes: 'Mine', version: 9 });
  });
  it('is discarded on request, with a way back', async () => {
    answer = silence;
    const user = await openDrawer();
    await user.type(screen.getByLabelText('Notes'), 'precious words');
    await user.click(screen.getByLabelText('What is it about?'));
    await user.click(await screen.findByRole('button', { name: 'Discard what is not saved: Notes' }));
    expect(screen.getByLabelText('Notes')).toHaveValue('');
    expect(stored()).toEqual([]);
    answer = save;
    const gone = screen.getByText(/^Discarded: Notes/, { selector: 'p' }).closest<HTMLElement>('li') ?? document.body;
    await user.click(within(gone).getByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(data.appointment.notes).toBe('precious words'));
    await waitFor(() => expect(stored()).toEqual([]));
  });
  it('and a refused text outlives the drawer too, until Escape takes it back', async () => {
    answer = () => HttpResponse.json({ status: 409, code: 'key_tag_in_use', appointment: { number: 7 } }, { status: 409 });
    const { unmount } = mount();
    await userEvent.type(await screen.findByLabelText('Key tag'), '27');
    await userEvent.click(screen.getByLabelText('What is it about?'));
    await screen.findByText('That tag hangs on job #7.');
    unmount();
    mount();
    await screen.findByText('That tag hangs on job #7.');
    const tag = screen.getByLabelText('Key tag');
    expect(tag).toHaveValue('27');
    await userEvent.type(tag, '{Escape}');
    expect(tag).toHaveValue('');
    expect(screen.queryByText('That tag hangs on job #7.')).toBeNull();
    expect(stored()).toEqual([]);
  });
});

describe('the drawer', () => {
  it('lets a technician who has another job read, not write', async () => {
    await openDrawer('Tech');
    expect(screen.queryByRole('textbox')).toBeNull();
    expect(screen.getByText('Brakes squeal')).toBeInTheDocument();
    expect(screen.getByRole('tab', { name: 'Messages' })).toBeInTheDocument();
    expect(screen.queryByRole('tab', { name: 'Payments' })).toBeNull();
  });
  it('takes no key tag longer than a key tag, and its head cuts none of its controls off', async () => {
    data = { ...data, appointment: { ...appointment, keyTag: 'x'.repeat(40) } };
    const user = await openDrawer();
    expect(screen.getByText('x'.repeat(40), { selector: 'span' })).toHaveClass('truncate');
    await user.clear(screen.getByLabelText('Key tag'));
    await user.type(screen.getByLabelText('Key tag'), '12345678901234');
    expect(screen.getByLabelText('Key tag')).toHaveValue('1234567890');
  });
  it('says that the job is gone', async () => {
    server.use(http.get(`${ORIGIN}/api/appointments/a1`, () => HttpResponse.json({ status: 404, code: 'not_found' }, { status: 404 })));
    renderSignedIn(<AppointmentDrawer id="a1" />, { at: '/board?open=a1' });
    expect(await screen.findByRole('dialog', { name: 'This job is not here any more' })).toBeInTheDocument();
    expect(screen.getAllByText('This job is not here any more')).toHaveLength(1);
    expect(screen.queryByRole('button', { name: /^More/ })).toBeNull();
  });
  it('does not go on saying that it is loading when it could not', async () => {
    server.use(http.get(`${ORIGIN}/api/appointments/a1`, () => HttpResponse.json({ status: 500 }, { status: 500 })));
    renderSignedIn(<AppointmentDrawer id="a1" />, { at: '/board?open=a1' });
    expect(await screen.findByRole('heading', { name: 'Could not load this' })).toBeInTheDocument();
    expect(screen.queryByText('Loading the job')).toBeNull();
  });
  it('counts at its tab the jobs that are offered, of alternatives one', async () => {
    const line = { approval: 'pending', category: null, hours: null, kind: 'part', notes: null } as const;
    data = { ...data, appointment: { ...appointment, jobsOffered: 1 } };
    data.services = ['standard', 'ceramic'].map((id) => ({ ...line, id, jobId: id, name: id }));
    await openDrawer();
    expect(screen.getByRole('tab', { name: /^Services/ })).toHaveTextContent(/1$/);
  });
  it('counts at its tab the texts that come while it is open', async () => {
    vi.stubGlobal('EventSource', Stream);
    const stop = connect('brooklyn');
    await openDrawer();
    const tab = screen.getByRole('tab', { name: /^Messages/ });
    expect(tab).toHaveTextContent(/^Messages$/);
    act(() => Stream.last.say('message', { appointmentId: 'a1', conversationId: null, messageId: 'm1', status: 'received', unreadCount: 3 }));
    await waitFor(() => expect(tab).toHaveTextContent('3'));
    act(() => {
      Stream.last.say('message', { appointmentId: 'a1', conversationId: null, messageId: 'm2', status: 'received', unreadCount: 4 });
      Stream.last.say('message', { appointmentId: 'a2', conversationId: null, messageId: 'm3', status: 'received', unreadCount: 9 });
    });
    await waitFor(() => expect(tab).toHaveTextContent('4'));
    stop();
    vi.unstubAllGlobals();
  });
  it('has no tabs of features that are off, and hears its keys before the job has come', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((done) => (release = done));
    server.use(http.get(`${ORIGIN}/api/appointments/a1`, () => gate.then(() => HttpResponse.json(data))));
    renderSignedIn(<AppointmentDrawer id="a1" />, {
      at: '/board?open=a1',
      flags: { messaging: false, payments: false, inspections: false },
    });
    await userEvent.keyboard('{Alt>}3{/Alt}');
    release();
    expect(await screen.findByRole('tab', { name: 'History' })).toHaveAttribute('aria-selected', 'true');
    expect(screen.getAllByRole('tab').map((tab) => tab.textContent)).toEqual(['Overview', 'Services', 'History']);
  });
  it('tells history in words and counts nothing where nothing is', async () => {
    const changes: JobHistory['changes'] = [
      {
        id: 'h1',
        entity: 'appointment',
        subject: null,
        at: '2026-11-20T14:00:00Z',
        action: 'appointment.status_changed',
        actorKind: 'user',
        actorName: 'Sam Rivera',
        actorRole: 'Advisor',
        changes: { status: ['SCHEDULED', 'IN_PROGRESS'] },
        reason: null,
        version: 2,
      },
    ];
    server.use(http.get(`${ORIGIN}/api/appointments/a1/history`, () => HttpResponse.json({ changes })));
    const user = await openDrawer();
    await user.click(screen.getByRole('tab', { name: 'History' }));
    expect(await screen.findByText(/moved it from Scheduled to In progress/)).toHaveTextContent('Sam Rivera Advisor moved it from Scheduled to In progress');
    await user.click(screen.getByRole('tab', { name: 'Messages' }));
    expect(await screen.findByText('No messages yet')).toBeInTheDocument();
  });
  it('shows the visit’s own changes at once, and the rest when it comes', async () => {
    const own: JobHistory['changes'][number] = { id: 'h1', entity: 'appointment', subject: null, at: '2026-11-20T14:00:00Z', action: 'appointment.status_changed', actorKind: 'user', actorName: 'Sam Rivera', actorRole: 'Advisor', changes: { status: ['SCHEDULED', 'IN_PROGRESS'] }, reason: null, version: 2 };
    let arrive = (): void => undefined;
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    data = { ...data, history: [own] };
    server.use(
      http.get(`${ORIGIN}/api/appointments/a1/history`, async () => {
        await arrived;
        return HttpResponse.json({ changes: [{ ...own, id: 'h2', changes: { status: ['IN_PROGRESS', 'READY'] } }, own] });
      }),
    );
    const user = await openDrawer();
    await user.click(screen.getByRole('tab', { name: 'History' }));
    expect(await screen.findByText(/moved it from Scheduled to In progress/)).toBeVisible();
    arrive();
    expect(await screen.findByText(/moved it from In progress to Ready/)).toBeVisible();
  });
});
