import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { makeMessage, makePreview } from '@/testing/messages';
import { renderSignedIn } from '@/testing/render-signed-in';
import type { ConsentReview, Message, NumberConsent, Permission } from '@/types';
import { Conversation } from './Conversation';

const ORIGIN = 'http://localhost:3000';
const PHONE = '+17185550142';
const THREAD = `${ORIGIN}/api/appointments/a1/messages`;
let pages: Record<string, { items: Message[]; nextCursor: string | null }>;
let consent: NumberConsent;
let acts: [string, unknown][] = [];

const review: ConsentReview = {
  id: 'r1',
  phone: PHONE,
  kind: 'opt_out_or_job',
  messageId: 'm1',
  locationId: 'brooklyn',
  openedAt: '2026-11-20T14:00:00Z',
  dueAt: '2036-12-05T05:00:00Z',
  decision: null,
  decidedAt: null,
  decidedBy: null,
  text: 'please stop the work',
  appointmentId: 'a1',
  appointmentNumber: 1042,
  appointmentStart: '2036-11-21T15:00:00Z',
  appointmentStatus: 'SCHEDULED',
  customerId: 'c1',
  customerName: 'Ana Reyes',
};

const server = setupServer(
  http.get(THREAD, ({ request }) => HttpResponse.json(pages[new URL(request.url).searchParams.get('cursor') ?? 'first'])),
  http.post(`${THREAD}/preview`, () => HttpResponse.json(makePreview('.'))),
  http.post(`${THREAD}/read`, () => {
    acts.push(['read', null]);
    const first = pages.first!;
    pages.first = { ...first, items: first.items.map((one) => ({ ...one, readAt: '2026-11-20T15:00:00Z' })) };
    return new HttpResponse(null, { status: 204 });
  }),
  http.get(`${ORIGIN}/api/consent`, () => HttpResponse.json(consent)),
  http.post<never, Record<string, unknown>>(`${ORIGIN}/api/consent/reviews/r1/decide`, async ({ request }) => {
    acts.push(['decide', await request.json()]);
    consent = { ...consent, reviews: [] };
    return HttpResponse.json({ ...review, decision: 'about_the_job' });
  }),
  http.post<{ id: string; act: string }, Record<string, unknown>>(`${ORIGIN}/api/messages/:id/:act`, async ({ params, request }) => {
    acts.push([params.act, await request.json()]);
    return HttpResponse.json(makeMessage({ id: params.id, status: params.act === 'cancel' ? 'canceled' : 'queued' }));
  }),
);
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
beforeEach(() => {
  acts = [];
  pages = { first: { items: [], nextCursor: null } };
  consent = { phone: PHONE, informational: 'express', marketing: 'unknown', since: null, method: null, wording: null, events: [], reviews: [] };
});
afterEach(() => {
  cleanup();
  server.resetHandlers();
});
afterAll(() => server.close());

function open(also: Permission[] = ['message:view', 'message:send']) {
  renderSignedIn(
    <Conversation
      place={{ kind: 'job', id: 'a1' }}
      locationId="brooklyn"
      zone="America/New_York"
      phone={PHONE}
      isMine={() => true}
      bar={null}
      answering={null}
      onWriting={() => undefined}
      onFill={null}
      onSent={() => undefined}
    />,
    { role: 'Tech', also },
  );
  return userEvent.setup();
}
const bubbles = (): (string | null)[] => [...document.querySelectorAll('[data-message] div p')].map((one) => one.textContent);

describe('a thread', () => {
  it('shows earlier texts above the later ones', async () => {
    pages = {
      first: { items: [makeMessage({ id: 'm2', body: 'second', createdAt: '2026-11-20T14:05:00Z' })], nextCursor: 'more' },
      more: { items: [makeMessage({ id: 'm1', body: 'first', createdAt: '2026-11-19T14:05:00Z' })], nextCursor: null },
    };
    const user = open();
    await screen.findByText('second');
    await user.click(screen.getByRole('button', { name: 'Show earlier messages' }));
    await screen.findByText('first');
    expect(bubbles()).toEqual(['first', 'second']);
    expect(screen.queryByRole('button', { name: 'Show earlier messages' })).toBeNull();
  });
  it('stays unread while it is only looked at: an answer or Done ends it', async () => {
    pages.first = { items: [makeMessage({ direction: 'in', status: 'received', origin: 'customer' })], nextCursor: null };
    open();
    expect(await screen.findByText('New')).toBeInTheDocument();
    expect(acts).toEqual([]);
  });
  it('says with an answer what was on the screen: what came after it is not answered', async () => {
    const sent: unknown[] = [];
    server.use(
      http.post<never, Record<string, unknown>>(THREAD, async ({ request }) => {
        sent.push((await request.json()).shownId);
        return HttpResponse.json({ id: 'm9', status: 'queued', heldUntil: null, reason: null }, { status: 201 });
      }),
    );
    pages.first = { items: [makeMessage({ id: 'm1', body: 'Is it ready?', direction: 'in', status: 'received', origin: 'customer' })], nextCursor: null };
    const user = open();
    await screen.findByText('Is it ready?');
    await user.type(screen.getByRole('textbox', { name: 'Message' }), 'Yes');
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(sent).toEqual(['m1']));
  });
  it('stays unread when a technician looks, who has no composer and no acts', async () => {
    pages.first = {
      items: [makeMessage({ id: 'f', status: 'failed', reason: 'provider_refused', canRetry: true }), makeMessage({ direction: 'in', status: 'received', origin: 'customer' })],
      nextCursor: null,
    };
    open(['message:view']);
    expect(await screen.findByText('New')).toBeInTheDocument();
    expect(screen.queryByRole('form', { name: 'Write to the customer' })).toBeNull();
    expect(screen.queryByRole('button', { name: /^Retry/ })).toBeNull();
    expect(acts).toEqual([]);
  });
  it('offers for each text what makes sense', async () => {
    pages.first = {
      items: [
        makeMessage({ id: 'p', status: 'proposed', body: 'Proposed', createdAt: '2026-11-20T14:03:00Z' }),
        makeMessage({ id: 'h', status: 'held', body: 'Waiting', reason: 'quiet_hours', dueAt: '2036-11-21T13:00:00Z', canCancel: true, createdAt: '2026-11-20T14:02:00Z' }),
        makeMessage({ id: 'u', status: 'undelivered', body: 'Lost', reason: 'provider_refused', errorCode: '30003', canRetry: true, createdAt: '2026-11-20T14:01:00Z' }),
        makeMessage({ id: 'n', status: 'failed', body: 'Outdated', reason: 'no_longer_true', trigger: 'ready', canCancel: true, createdAt: '2026-11-20T14:00:30Z' }),
        makeMessage({ id: 'd', status: 'delivered', body: 'Arrived', createdAt: '2026-11-20T14:00:00Z' }),
      ],
      nextCursor: null,
    };
    const user = open();
    const acting = async (body: string) =>
      within((await screen.findByText(body)).closest<HTMLElement>('[data-message]')!)
        .queryAllByRole('button')
        .map((one) => one.textContent);
    expect(await acting('Proposed')).toEqual(['Send', 'Dismiss', 'Why?']);
    expect(await acting('Waiting')).toEqual(['Don’t send', 'Why?']);
    expect(await acting('Lost')).toEqual(['Retry', 'Why?']);
    expect(await acting('Outdated')).toEqual(['Write a new text', 'Dismiss', 'Why?']);
    expect(await acting('Arrived')).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Write a new text “Outdated”' }));
    expect(screen.getByRole('textbox', { name: 'Message' })).toHaveFocus();
    await user.click(screen.getByRole('button', { name: 'Retry “Lost”' }));
    await user.click(screen.getByRole('button', { name: 'Dismiss “Proposed”' }));
    await waitFor(() => expect(acts).toEqual([['retry', {}], ['cancel', {}]]));
  });
  it('says that one must call who opted out', async () => {
    consent = { ...consent, informational: 'revoked' };
    open();
    expect(await screen.findByText('The customer has opted out of texts: call them.')).toBeInTheDocument();
    expect(screen.getByRole('link', { name: '(718) 555-0142' })).toHaveAttribute('href', `tel:${PHONE}`);
  });
});

describe('a reply that a person must read', () => {
  it('cancels the visit that a bare CANCEL meant, in one step and with the reason', async () => {
    consent = { ...consent, informational: 'revoked', reviews: [{ ...review, kind: 'cancel_appointment', text: 'CANCEL' }] };
    open(['message:view', 'message:send', 'appointment:move']);
    expect(await screen.findByText(/^Appointment #1042, .*10:00/)).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Keep the appointment' })).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Cancel the appointment' }));
    await waitFor(() => expect(acts).toEqual([['decide', { decision: 'both', cancelAppointment: { reason: 'The customer texted “CANCEL”' } }]]));
  });
  it('offers no canceling of a car that is here', async () => {
    consent = { ...consent, informational: 'revoked', reviews: [{ ...review, kind: 'cancel_appointment', text: 'CANCEL', appointmentStatus: 'IN_PROGRESS' }] };
    open(['message:view', 'message:send', 'appointment:move']);
    expect(await screen.findByRole('button', { name: 'Only the texts' })).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Cancel the appointment' })).toBeNull();
  });
  it('is decided by one of three answers and goes', async () => {
    consent = { ...consent, reviews: [review] };
    const user = open();
    const card = await screen.findByRole('region', { name: 'What did they mean?' });
    expect(card).toHaveTextContent('“please stop the work”');
    expect(within(card).getAllByRole('button').map((one) => one.textContent)).toEqual(['About the job', 'Opt out', 'Both']);
    await user.click(within(card).getByRole('button', { name: 'About the job' }));
    await waitFor(() => expect(screen.queryByRole('region', { name: 'What did they mean?' })).toBeNull());
    expect(acts).toEqual([['decide', { decision: 'about_the_job' }]]);
  });
});
