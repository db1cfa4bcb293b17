import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, delay, http } from 'msw';
import { setupServer } from 'msw/node';
import { movesPending } from '@/features/board/board-store';
import { connect } from '@/lib/events';
import { makeBoard, makeCard } from '@/testing/boards';
import { BROOKLYN, renderSignedIn } from '@/testing/render-signed-in';
import { Stream } from '@/testing/streams';
import type { Board, BoardCard } from '@/types';
import { AdminAppointments } from './AdminAppointments';

/** A server with one board, which tests let refuse or answer. */
const ORIGIN = 'http://localhost:3000';
const corolla = makeCard({ id: 'a1', customerName: 'Ana Reyes', vehicle: '2019 Toyota Corolla', totalCents: 12_800 });
const truck = makeCard({ id: 'a2', number: 1043, customerName: 'Luis Cole', vehicle: '2021 Ford F-150', orderKey: 2048, totalCents: 5_000 });
let board: Board;
let sent: Record<string, unknown>[] = [];
let answer: (card: BoardCard, body: Record<string, unknown>) => Response | Promise<Response>;

const server = setupServer(
  http.get(`${ORIGIN}/api/admin/appointments/board`, () => HttpResponse.json(board)),
  http.get(`${ORIGIN}/api/users`, () => HttpResponse.json({ items: [], nextCursor: null })),
  http.patch<{ id: string }, Record<string, unknown>>(`${ORIGIN}/api/admin/appointments/:id/move`, async ({ params, request }) => {
    const body = await request.json();
    sent.push(body);
    const card = board.cards.find((one) => one.id === params.id);
    return card ? answer(card, body) : new HttpResponse(null, { status: 404 });
  }),
);

function accept(card: BoardCard, body: Record<string, unknown>): Response {
  const moved = { ...card, status: body.status as BoardCard['status'], version: card.version + 1, orderKey: 500 };
  board = makeBoard(board.cards.map((one) => (one.id === card.id ? moved : one)));
  return HttpResponse.json({ id: moved.id, status: moved.status, position: 1, version: moved.version, card: moved });
}

beforeAll(() => {
  server.listen({ onUnhandledRequest: 'error' });
  // jsdom has no layout: virtual lists need a height to draw anything.
  Object.defineProperty(HTMLElement.prototype, 'clientHeight', { configurable: true, get: () => 800 });
  Object.defineProperty(HTMLElement.prototype, 'clientWidth', { configurable: true, get: () => 300 });
  document.head.insertAdjacentHTML('beforeend', '<style>.overflow-y-auto{overflow-y:auto}.overflow-x-auto{overflow-x:auto}</style>');
  Element.prototype.scrollTo = () => undefined;
  Element.prototype.scrollIntoView = () => undefined;
});
beforeEach(() => {
  board = makeBoard([corolla, truck]);
  sent = [];
  answer = accept;
});
afterEach(async () => {
  // An answer that comes late must not meet the next test's board.
  await waitFor(() => expect(movesPending()).toBe(0));
  server.resetHandlers();
});
afterAll(() => server.close());

async function openBoard(role: 'Owner' | 'Tech' = 'Owner') {
  renderSignedIn(<AdminAppointments />, { role, at: `/board?location=${BROOKLYN.id}` });
  await screen.findByRole('link', { name: /2019 Toyota Corolla/ });
  return userEvent.setup();
}
const lane = (name: string) => screen.getByRole('region', { name: new RegExp(`^${name}`) });
const link = (name: RegExp) => screen.getByRole('link', { name });

describe('moving a card by keyboard', () => {
  it('shows it at once in its new lane, keeps the focus on it, says so, and counts right', async () => {
    answer = async (card, body) => {
      await delay(150);
      return accept(card, body);
    };
    const user = await openBoard();
    link(/Corolla/).focus();
    await user.keyboard('m');
    await user.keyboard('i');
    await waitFor(() => expect(within(lane('In progress')).getByRole('link', { name: /Corolla/ })).toHaveFocus());
    expect(lane('In progress')).toHaveTextContent('$128');
    expect(lane('Scheduled')).toHaveTextContent('$50');
    expect(screen.getByText(/moved from Scheduled to In progress, place 1 of 1/)).toBeInTheDocument();
    await waitFor(() => expect(sent).toEqual([{ status: 'IN_PROGRESS', afterId: null, version: 1 }]));
  });

  it('puts the card back and says why when the server refuses', async () => {
    answer = (card) =>
      HttpResponse.json({ status: 409, code: 'illegal_transition', detail: 'Balance of $120.00 is due.', card }, { status: 409 });
    const user = await openBoard();
    link(/Corolla/).focus();
    await user.keyboard('m');
    await user.keyboard('i');
    expect(await screen.findByText('Balance of $120.00 is due.')).toBeInTheDocument();
    await waitFor(() => expect(within(lane('Scheduled')).getByRole('link', { name: /Corolla/ })).toHaveFocus());
    expect(within(lane('In progress')).queryByRole('link')).toBeNull();
    expect(lane('Scheduled')).toHaveTextContent('$178');
    expect(screen.getByText(/Move undone.*is back in Scheduled/)).toBeInTheDocument();
  });

  it('puts the card back where it truly was when two moves in a row fail', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((done) => (release = done));
    answer = () => gate.then(() => HttpResponse.error());
    const user = await openBoard();
    server.use(http.get(`${ORIGIN}/api/admin/appointments/board`, () => HttpResponse.error()));
    link(/Corolla/).focus();
    await user.keyboard('mi');
    await waitFor(() => expect(within(lane('In progress')).getByRole('link', { name: /Corolla/ })).toHaveFocus());
    await user.keyboard('mr');
    await waitFor(() => expect(within(lane('Ready')).getByRole('link', { name: /Corolla/ })).toHaveFocus());
    release();
    await waitFor(() => expect(sent).toHaveLength(2));
    expect(await within(lane('Scheduled')).findByRole('link', { name: /Corolla/ })).toBeInTheDocument();
  });

  it('sends the move once more when someone only edited the card meanwhile', async () => {
    answer = (card, body) =>
      body.version === 1
        ? HttpResponse.json({ status: 409, code: 'stale_version', detail: 'Changed.', card: { ...card, version: 5 } }, { status: 409 })
        : accept(card, body);
    const user = await openBoard();
    link(/Corolla/).focus();
    await user.keyboard('m');
    await user.keyboard('i');
    await waitFor(() => expect(sent.map((body) => body.version)).toEqual([1, 5]));
    expect(within(lane('In progress')).getByRole('link', { name: /Corolla/ })).toBeInTheDocument();
  });

  it('shows the place that someone else gave the card meanwhile, instead of moving it again', async () => {
    const elsewhere = { ...corolla, version: 5, status: 'CANCELED' as const };
    answer = () => {
      board = makeBoard([elsewhere, truck]);
      return HttpResponse.json({ status: 409, code: 'stale_version', detail: 'Changed.', card: elsewhere }, { status: 409 });
    };
    const user = await openBoard();
    link(/Corolla/).focus();
    await user.keyboard('m');
    await user.keyboard('i');
    expect(await screen.findByText(/Somebody moved .* to Canceled meanwhile/)).toBeInTheDocument();
    expect(sent).toHaveLength(1);
  });

  it('takes the last move back with Ctrl-Z', async () => {
    const user = await openBoard();
    link(/Corolla/).focus();
    await user.keyboard('m');
    await user.keyboard('i');
    await waitFor(() => expect(sent).toHaveLength(1));
    await user.keyboard('{Control>}z{/Control}');
    await waitFor(() => expect(sent[1]).toEqual({ status: 'SCHEDULED', afterId: null, version: 2 }));
  });

  it('reorders within the lane with Shift and an arrow', async () => {
    const user = await openBoard();
    link(/Corolla/).focus();
    await user.keyboard('{Shift>}{ArrowDown}{/Shift}');
    await waitFor(() => expect(sent).toEqual([{ status: 'SCHEDULED', afterId: 'a2', version: 1 }]));
  });

  it('says in words why a card cannot go to a state, and which comes first', async () => {
    const user = await openBoard();
    link(/Corolla/).focus();
    await user.keyboard('m');
    await user.keyboard('r');
    const reason = 'Not possible from Scheduled. Move it to In progress first.';
    expect(await screen.findByText('2019 Toyota Corolla, Ana Reyes stays in Scheduled')).toBeInTheDocument();
    expect(screen.getByText(reason, { selector: '#toasts p' })).toBeInTheDocument();
    expect(document.querySelector('[data-announcer]')).toHaveTextContent(`Ana Reyes stays in Scheduled. ${reason}`);
    expect(sent).toEqual([]);
    // The menu is still there for the state that comes first.
    await user.keyboard('i');
    await waitFor(() => expect(within(lane('In progress')).getByRole('link', { name: /Corolla/ })).toHaveFocus());
  });

  it('asks for a reason before finished work is taken back', async () => {
    board = makeBoard([{ ...corolla, status: 'COMPLETED' }]);
    const user = await openBoard();
    link(/Corolla/).focus();
    await user.keyboard('m');
    await user.keyboard('r');
    const dialog = await screen.findByRole('dialog', { name: 'Take back finished work' });
    await user.click(within(dialog).getByRole('button', { name: 'Move to Ready' }));
    expect(within(dialog).getByText('Write the reason.')).toBeInTheDocument();
    expect(sent).toEqual([]);
    await user.type(within(dialog).getByLabelText('Reason'), 'Rattle is back');
    await user.click(within(dialog).getByRole('button', { name: 'Move to Ready' }));
    await waitFor(() => expect(sent).toEqual([{ status: 'READY', afterId: null, version: 1, reason: 'Rattle is back' }]));
  });
});

describe('the board for a technician', () => {
  it('does not offer to complete a job', async () => {
    board = makeBoard([{ ...corolla, status: 'READY' }]);
    const user = await openBoard('Tech');
    await user.click(screen.getByRole('button', { name: /Move 2019 Toyota Corolla/ }));
    expect(screen.getByRole('menuitem', { name: /Completed/ })).toHaveAttribute('aria-disabled', 'true');
    expect(screen.queryByRole('button', { name: 'New appointment' })).toBeNull();
  });
});

describe('the board’s states', () => {
  it('says that a day is empty and offers the way on', async () => {
    board = makeBoard([]);
    renderSignedIn(<AdminAppointments />, { at: '/board' });
    expect(await screen.findByText('Nothing scheduled for today')).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Show 7 days' })).toBeInTheDocument();
  });
  it('counts only what is booked on a day to come, and says so when that is nothing', async () => {
    const late = { ...corolla, status: 'IN_PROGRESS' as const, carryOver: true, checkInAt: '2026-11-20T13:00:00Z', promisedAt: '2026-11-20T14:00:00Z' };
    board = { ...makeBoard([late]), from: '2099-06-01', to: '2099-06-01' };
    renderSignedIn(<AdminAppointments />, { at: `/board?location=${BROOKLYN.id}&day=2099-06-01` });
    await screen.findByRole('link', { name: /2019 Toyota Corolla/ });
    expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent('Mon, Jun 1, 2099');
    expect(screen.getByText('Nothing booked for this day yet')).toBeInTheDocument();
    expect(screen.getByText('carried over', { exact: false, selector: '[data-figures] li' })).toHaveTextContent('1 carried over');
    expect(screen.queryByText(/late/)).toBeNull();
    const column = lane('In progress');
    expect(column).toHaveAccessibleName(/In progress ?0 jobs/);
    expect(column).toHaveTextContent('$0');
    expect(within(column).getByText('Due Nov 20')).toBeInTheDocument();
  });
  it('says that an empty day to come has nothing booked', async () => {
    board = { ...makeBoard([]), from: '2099-06-01', to: '2099-06-01' };
    renderSignedIn(<AdminAppointments />, { at: '/board?day=2099-06-01' });
    expect((await screen.findAllByText('Nothing booked for this day yet'))[0]).toBeInTheDocument();
  });
  it('says of a lane without a match that nothing matches, not that it is empty', async () => {
    board = makeBoard([corolla, { ...truck, status: 'READY' }]);
    const user = await openBoard();
    await user.type(screen.getByLabelText('Search cards'), 'corolla');
    expect(await screen.findByText('1 of 2 jobs')).toBeInTheDocument();
    expect(within(lane('Ready')).getByText('No match here')).toBeInTheDocument();
    expect(screen.queryByText('Nothing waits for pick-up')).toBeNull();
  });
  it('finds cards while one types, and says when none match', async () => {
    const user = await openBoard();
    await user.type(screen.getByLabelText('Search cards'), 'f-150');
    await waitFor(() => expect(screen.queryByRole('link', { name: /Corolla/ })).toBeNull());
    expect(screen.getByText('1 of 2 jobs')).toBeInTheDocument();
    await user.type(screen.getByLabelText('Search cards'), 'zzz');
    expect(await screen.findByText('No jobs match')).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Look for “f-150zzz” among customers' })).toHaveAttribute('href', '/customers?q=f-150zzz');
    await user.click(screen.getByRole('button', { name: 'Clear filters' }));
    expect(await screen.findByRole('link', { name: /Corolla/ })).toBeInTheDocument();
  });
  it('says that it could not be refreshed, but not beside the bar that says the same while offline', async () => {
    vi.stubGlobal('EventSource', Stream);
    const disconnect = connect(BROOKLYN.id);
    await openBoard();
    server.use(
      http.get(`${ORIGIN}/api/admin/appointments/board`, () => new HttpResponse(null, { status: 503 })),
      http.get(`${ORIGIN}/healthz`, () => HttpResponse.error()),
    );
    // The stream is not open yet, so the board asks by itself.
    expect(await screen.findByText(/Couldn’t refresh at/)).toBeInTheDocument();
    Stream.last.onerror?.();
    await waitFor(() => expect(screen.queryByText(/Couldn’t refresh at/)).toBeNull());
    expect(link(/Corolla/)).toBeInTheDocument();
    disconnect();
    vi.unstubAllGlobals();
  });
  it('shows the refusal with its number when the first load fails, and tries again', async () => {
    server.use(
      http.get(
        `${ORIGIN}/api/admin/appointments/board`,
        () => HttpResponse.json({ status: 500, code: 'internal', title: 'Fault', requestId: 'r-77' }, { status: 500 }),
        { once: true },
      ),
    );
    renderSignedIn(<AdminAppointments />, { at: '/board' });
    expect(await screen.findByText('Request r-77')).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('link', { name: /Corolla/ })).toBeInTheDocument();
  });
});
