import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, delay, http } from 'msw';
import { setupServer } from 'msw/node';
import { BROOKLYN, renderSignedIn } from '@/testing/render-signed-in';
import type { Appointment } from '@/types';
import { AppointmentCalendar } from './AppointmentCalendar';

const ORIGIN = 'http://localhost:3000';
const TECHNICIANS = [
  { id: 'marcus', name: 'Marcus Bell' },
  { id: 'mei', name: 'Mei Lin' },
];

function make(id: string, start: string, minutes: number, overrides: Partial<Appointment> = {}): Appointment {
  const end = new Date(Date.parse(start) + minutes * 60_000).toISOString().replace('.000Z', 'Z');
  return {
    id,
    number: 1000 + Number(id.replace(/\D/g, '')),
    locationId: BROOKLYN.id,
    status: 'SCHEDULED',
    statusSince: start,
    version: 7,
    start,
    end,
    day: start.slice(0, 10),
    promisedAt: null,
    checkInAt: null,
    checkOutAt: null,
    confirmedAt: null,
    customerId: null,
    vehicleId: null,
    customerName: 'Ana Reyes',
    vehicle: '2019 Toyota Corolla',
    plate: null,
    techId: 'marcus',
    techName: 'Marcus Bell',
    bayId: null,
    bayName: null,
    keyTag: null,
    title: null,
    notes: null,
    visitType: null,
    isWaiting: false,
    isOverbooked: false,
    overbookReason: null,
    overbookedBy: null,
    createdAt: start,
    updatedAt: start,
    ...overrides,
  };
}

let shop: Appointment[];
let sent: Record<string, unknown>[];
let answer: (found: Appointment, body: Record<string, unknown>) => Response | Promise<Response>;
function accept(found: Appointment, body: Record<string, unknown>): Response {
  const techId = 'techId' in body ? (body.techId as string | null) : found.techId;
  const saved = { ...found, ...body, techId, techName: TECHNICIANS.find((one) => one.id === techId)?.name ?? null, version: found.version + 1 };
  shop = shop.map((one) => (one.id === found.id ? saved : one));
  return HttpResponse.json(saved);
}

const server = setupServer(
  http.get(`${ORIGIN}/api/locations`, () =>
    HttpResponse.json({ items: [{ ...BROOKLYN, currency: 'USD', opensAt: '08:00', closesAt: '18:00', bays: [] }] }),
  ),
  http.get(`${ORIGIN}/api/users`, () => HttpResponse.json({ items: TECHNICIANS, nextCursor: null })),
  http.get(`${ORIGIN}/api/appointments`, ({ request }) => {
    const query = new URL(request.url).searchParams;
    const [from = '', to = ''] = [query.get('from') ?? '', query.get('to') ?? ''];
    // Two pages, so that the pages are followed.
    const all = shop.filter((one) => one.day >= from && one.day <= to);
    const second = query.get('cursor') === 'second';
    return HttpResponse.json({ items: second ? all.slice(1) : all.slice(0, 1), nextCursor: second || all.length < 2 ? null : 'second' });
  }),
  http.post(`${ORIGIN}/api/appointments/preview`, () => HttpResponse.json({ collisions: [] })),
  http.patch<{ id: string }, Record<string, unknown>>(`${ORIGIN}/api/appointments/:id`, async ({ params, request }) => {
    const body = await request.json();
    sent.push(body);
    const found = shop.find((one) => one.id === params.id);
    return found ? answer(found, body) : new HttpResponse(null, { status: 404 });
  }),
);

beforeAll(() => {
  server.listen({ onUnhandledRequest: 'error' });
  Object.defineProperty(HTMLElement.prototype, 'clientHeight', { configurable: true, get: () => 700 });
  Object.defineProperty(HTMLElement.prototype, 'clientWidth', { configurable: true, get: () => 1300 });
  Element.prototype.scrollTo = () => undefined;
  Element.prototype.scrollIntoView = () => undefined;
});
beforeEach(() => {
  // 9 AM in Brooklyn; the tests' own zone is UTC.
  shop = [make('a1', '2026-11-20T14:00:00Z', 60), make('a2', '2026-11-20T16:00:00Z', 60, { vehicle: '2021 Ford F-150', customerName: 'Luis Cole', techId: 'mei', techName: 'Mei Lin' })];
  sent = [];
  answer = accept;
});
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

async function openCalendar(query = 'view=technicians&day=2026-11-20', role: 'Owner' | 'Tech' = 'Owner') {
  renderSignedIn(<AppointmentCalendar />, { role, at: `/calendar?location=${BROOKLYN.id}&${query}` });
  await screen.findByRole('grid');
  return userEvent.setup();
}
const lane = (name: string) => screen.getByRole('row', { name: new RegExp(`^${name}`) });
const spoken = () => [...document.querySelectorAll('[aria-live]')].map((region) => region.textContent).join(' ');

describe('what the calendar shows', () => {
  it('puts appointments into their technicians’ columns, at the shop’s time', async () => {
    await openCalendar();
    await screen.findByRole('row', { name: /^Marcus Bell/ });
    expect(await within(lane('Marcus Bell')).findByRole('button', { name: /2019 Toyota Corolla, Ana Reyes, 9:00 – 10:00 AM, Marcus Bell, Scheduled/ })).toBeInTheDocument();
    expect(await within(lane('Mei Lin')).findByRole('button', { name: /2021 Ford F-150, Luis Cole, 11:00 AM – 12:00 PM/ })).toBeInTheDocument();
    expect(lane('Unassigned')).toHaveAccessibleName('Unassigned, 0 appointments');
  });

  it('shows a month’s counts and first entries, and how many more there are', async () => {
    shop = Array.from({ length: 9 }, (_, index) => make(`b${index}`, `2026-11-20T${13 + index}:00:00Z`, 30));
    await openCalendar('view=month&day=2026-11-20');
    expect(await screen.findByRole('button', { name: 'Friday, November 20, 2026, 9 appointments' })).toHaveTextContent('9');
    const more = screen.getByRole('button', { name: /more on Friday, November 20/ });
    const shown = screen.getAllByRole('button', { name: /2019 Toyota Corolla/ }).length;
    expect(more).toHaveTextContent(`+${9 - shown} more`);
  });

  it('writes another month into the cells that are there, and makes no part of the page for it', async () => {
    const days = Array.from({ length: 63 }, (_, index) => new Date(Date.UTC(2026, 10, 1 + index, 15)).toISOString());
    shop = days.flatMap((start, index) => [make(`c${2 * index}`, start, 30), make(`c${2 * index + 1}`, start, 60, { status: 'READY' })]);
    const user = await openCalendar('view=month&day=2026-11-20');
    const both = (day: string) => screen.findByRole('button', { name: `${day}, 2 appointments` });
    await both('Saturday, December 5, 2026');
    await user.click(screen.getByRole('button', { name: 'Next month' }));
    // Two days of the next year, so that all of its weeks are here.
    await both('Saturday, January 2, 2027');
    await user.click(screen.getByRole('button', { name: 'Previous month' }));
    await both('Sunday, November 1, 2026');

    const grid = screen.getByRole('grid');
    const made: Node[] = [];
    const watch = new MutationObserver((changes) => made.push(...changes.flatMap((change) => [...change.addedNodes, ...change.removedNodes])));
    watch.observe(grid, { childList: true, subtree: true });
    await user.click(screen.getByRole('button', { name: 'Next month' }));
    await both('Saturday, January 2, 2027');
    watch.disconnect();
    expect(made.filter((node) => node instanceof Element)).toEqual([]);

    const [row] = within(grid).getAllByRole('button', { name: /Corolla/ });
    // The sign and its stroke, and the time.
    expect(row?.querySelectorAll('*')).toHaveLength(3);
    // A cell, its day, the number and the count; a row for each week.
    expect(grid.querySelectorAll('*')).toHaveLength(5 + 35 * (4 + 2 * 4));
  });

  it('pages through months from the keyboard with focus on a day that is shown', async () => {
    // A past year: in the present month the way in is today.
    shop = [make('a1', '2025-03-20T14:00:00Z', 60)];
    const user = await openCalendar('view=month&day=2025-03-20');
    (await screen.findByRole('button', { name: /Corolla/ })).focus();
    await user.keyboard('{PageDown}');
    await waitFor(() => expect(screen.getByRole('button', { name: /^Sunday, April 20, 2025/ })).toHaveFocus());
    await user.keyboard('{PageUp}');
    await waitFor(() => expect(screen.getByRole('button', { name: /^Thursday, March 20, 2025/ })).toHaveFocus());
  });

  it('filters by technician and says when that hides everything', async () => {
    const user = await openCalendar('view=week&day=2026-11-20');
    await screen.findByRole('button', { name: /Corolla/ });
    await user.selectOptions(screen.getByRole('combobox', { name: 'Technician' }), 'Mei Lin');
    expect(screen.queryByRole('button', { name: /Corolla/ })).not.toBeInTheDocument();
    expect(screen.getByRole('button', { name: /F-150/ })).toBeInTheDocument();
    await user.selectOptions(screen.getByRole('combobox', { name: 'Technician' }), 'Unassigned');
    expect(screen.getByText(/filter hides every appointment/)).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Show all technicians' }));
    expect(screen.getByRole('button', { name: /Corolla/ })).toBeInTheDocument();
  });

  it('hides canceled ones until asked', async () => {
    shop = [make('a1', '2026-11-20T14:00:00Z', 60, { status: 'CANCELED' })];
    const user = await openCalendar();
    expect(await screen.findByText('Nothing booked')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Show canceled and no-shows' }));
    expect(screen.getByRole('button', { name: /Corolla.*Canceled/ })).toBeInTheDocument();
  });

  it('says that it could not load, and loads when asked again', async () => {
    server.use(http.get(`${ORIGIN}/api/appointments`, () => HttpResponse.json({ code: 'internal', title: 'Internal error', requestId: 'r-1' }, { status: 500 }), { once: true }));
    const user = await openCalendar();
    expect(await screen.findByRole('alert')).toHaveTextContent('r-1');
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('button', { name: /Corolla/ })).toBeInTheDocument();
    expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  });
});

describe('moving by keys', () => {
  it('moves to another technician and time, at once, with focus and words; sends only what changed', async () => {
    answer = async (found, body) => {
      await delay(150);
      return accept(found, body);
    };
    const user = await openCalendar();
    (await screen.findByRole('button', { name: /Corolla/ })).focus();
    await user.keyboard('m');
    expect(spoken()).toContain('Moving 2019 Toyota Corolla, Ana Reyes');
    await user.keyboard('{ArrowRight}{ArrowDown}');
    expect(spoken()).toContain('Fri, Nov 20, 9:15 – 10:15 AM, Mei Lin');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(within(lane('Mei Lin')).getByRole('button', { name: /Corolla.*9:15 – 10:15 AM/ })).toHaveFocus());
    expect(sent).toEqual([{ version: 7, start: '2026-11-20T14:15:00.000Z', end: '2026-11-20T15:15:00.000Z', techId: 'mei' }]);
    expect(await screen.findByText(/2019 Toyota Corolla, Ana Reyes: Fri, Nov 20, 9:15 – 10:15 AM, Mei Lin/, { selector: '#toasts p' })).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Undo' }));
    expect(await within(lane('Marcus Bell')).findByRole('button', { name: /Corolla.*9:00 – 10:00 AM/ })).toBeInTheDocument();
    expect(sent[1]).toMatchObject({ version: 8, techId: 'marcus' });
  });

  it('changes the end with Shift and arrows; Escape leaves everything as it was', async () => {
    const user = await openCalendar();
    (await screen.findByRole('button', { name: /Corolla/ })).focus();
    await user.keyboard('{Shift>}{ArrowDown}{ArrowDown}{/Shift}{Enter}');
    await waitFor(() => expect(sent).toEqual([{ version: 7, end: '2026-11-20T15:30:00.000Z' }]));
    await screen.findByRole('button', { name: /Corolla.*9:00 – 10:30 AM/ });
    await waitFor(() => expect(screen.getByRole('button', { name: /Corolla/ })).toHaveFocus());
    await user.keyboard('m{ArrowUp}{Escape}');
    expect(screen.getByRole('button', { name: /Corolla.*9:00 – 10:30 AM/ })).toHaveFocus();
    expect(sent).toHaveLength(1);
    expect(spoken()).toContain('Not moved');
  });

  it('puts it back and says why when the server refuses', async () => {
    answer = () => HttpResponse.json({ code: 'forbidden', title: 'Forbidden', detail: 'Only an advisor moves this.', status: 403 }, { status: 403 });
    const user = await openCalendar();
    (await screen.findByRole('button', { name: /Corolla/ })).focus();
    await user.keyboard('m{ArrowDown}{Enter}');
    expect(await screen.findByText(/went back to Fri, Nov 20, 9:00 – 10:00 AM, Marcus Bell/, { selector: '#toasts p' })).toBeInTheDocument();
    expect(screen.getByText('Only an advisor moves this.', { selector: '#toasts p' })).toBeInTheDocument();
    expect(within(lane('Marcus Bell')).getByRole('button', { name: /Corolla.*9:00 – 10:00 AM/ })).toHaveFocus();
  });

  it('names what is in the way before it is dropped, and books over it only with a reason', async () => {
    answer = (found, body) =>
      body.override
        ? accept(found, body)
        : HttpResponse.json(
            {
              code: 'overlap',
              status: 409,
              collisions: [{ id: 'a2', number: 1002, start: '2026-11-20T16:00:00Z', end: '2026-11-20T17:00:00Z', kind: 'technician', name: 'Mei Lin', customerName: 'Luis Cole', vehicle: '2021 Ford F-150' }],
            },
            { status: 409 },
          );
    const user = await openCalendar();
    (await screen.findByRole('button', { name: /Corolla/ })).focus();
    await user.keyboard(`m{ArrowRight}${'{ArrowDown}'.repeat(6)}`);
    const words = 'Mei Lin has 2021 Ford F-150, Luis Cole, 11:00 AM – 12:00 PM';
    expect(spoken()).toContain(words);
    await user.keyboard('{Enter}');
    const dialog = await screen.findByRole('dialog', { name: 'This time is taken' });
    expect(dialog).toHaveTextContent('2019 Toyota Corolla, Ana Reyes on Fri, Nov 20, 10:30 – 11:30 AM, Mei Lin collides with the jobs below. It went back');
    expect(dialog).toHaveTextContent('Mei Lin is busy 11:00 AM – 12:00 PM');
    expect(dialog).toHaveTextContent('2021 Ford F-150 · Luis Cole');
    expect(within(dialog).getByRole('button', { name: 'Leave it where it was' })).toBeInTheDocument();
    expect(within(lane('Marcus Bell')).getByRole('button', { name: /Corolla.*9:00 – 10:00 AM/, hidden: true })).toBeInTheDocument();
    await user.click(within(dialog).getByRole('button', { name: 'Overbook' }));
    expect(within(dialog).getByText('Write the reason.')).toBeInTheDocument();
    await user.type(within(dialog).getByRole('textbox', { name: 'Reason' }), 'Customer waits{Enter}');
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(sent[1]).toMatchObject({ override: { reason: 'Customer waits' }, techId: 'mei' });
    expect(within(lane('Mei Lin')).getByRole('button', { name: /Corolla/ })).toBeInTheDocument();
  });

  it('leaves finished jobs where they were', async () => {
    shop = [make('a1', '2026-11-20T14:00:00Z', 60, { status: 'COMPLETED' })];
    const user = await openCalendar();
    (await screen.findByRole('button', { name: /Corolla/ })).focus();
    await user.keyboard('m');
    expect(screen.queryByRole('button', { name: 'Save' })).not.toBeInTheDocument();
    expect(spoken()).toContain('stay where they were');
  });

  it('offers no move to a technician', async () => {
    const user = await openCalendar(undefined, 'Tech');
    (await screen.findByRole('button', { name: /Corolla/ })).focus();
    await user.keyboard('{Shift>}{ArrowDown}{/Shift}');
    expect(screen.queryByRole('button', { name: 'Save' })).not.toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'New appointment' })).not.toBeInTheDocument();
  });
});

describe('walking', () => {
  it('has one tab stop, walks by arrows and over the edge into the neighbouring day', async () => {
    const user = await openCalendar();
    await screen.findByRole('button', { name: /Corolla/ });
    const grid = screen.getByRole('grid');
    expect(grid.querySelectorAll('[tabindex="0"]')).toHaveLength(1);
    screen.getByRole('button', { name: /Corolla/ }).focus();
    await user.keyboard('{ArrowDown}');
    expect(screen.getByRole('button', { name: '10:00 AM, Marcus Bell, free. New appointment' })).toHaveFocus();
    await user.keyboard('{ArrowLeft}{ArrowLeft}');
    expect(await screen.findByRole('heading', { name: /Thursday, November 19, 2026/ })).toBeInTheDocument();
    await waitFor(() => expect(screen.getByRole('button', { name: '10:00 AM, Mei Lin, free. New appointment' })).toHaveFocus());
  });

  it('counts presses that come faster than the page', async () => {
    const user = await openCalendar();
    await screen.findByRole('button', { name: /Corolla/ });
    await user.keyboard('{ArrowRight}{ArrowRight}{ArrowRight}{ArrowLeft}');
    expect(await screen.findByRole('heading', { name: /Sunday, November 22, 2026/ })).toBeInTheDocument();
  });

  it('steps and changes views by keys outside the grid', async () => {
    const user = await openCalendar();
    await screen.findByRole('button', { name: /Corolla/ });
    await user.keyboard('{ArrowRight}');
    expect(await screen.findByRole('heading', { name: /Saturday, November 21, 2026/ })).toBeInTheDocument();
    await user.keyboard('m');
    expect(await screen.findByRole('heading', { name: /November 2026/ })).toBeInTheDocument();
    await user.keyboard('w');
    expect(await screen.findByRole('heading', { name: /Nov 15\s–\s21, 2026/ })).toBeInTheDocument();
  });
});
