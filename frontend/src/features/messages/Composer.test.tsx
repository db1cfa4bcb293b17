import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { keepDraft, readDraft } from '@/lib/drafts';
import { makeMessage, makePreview, makeTemplate, makeVerdict } from '@/testing/messages';
import { renderSignedIn } from '@/testing/render-signed-in';
import type { MessagePreview, Permission } from '@/types';
import { Composer } from './Composer';
import { EMPTY_DRAFT, MESSAGE } from './draft';
import { BEFORE_ALL } from './thread';

const ORIGIN = 'http://localhost:3000';
const PATH = '/api/appointments/a1/messages';
const ME = 'user-Owner';

interface Sent {
  key: string | null;
  body: Record<string, unknown>;
}
let sent: Sent[] = [];
let preview: (body: Record<string, string>) => MessagePreview;
let answer: () => Response;

const server = setupServer(
  http.post<never, Record<string, string>>(`${ORIGIN}${PATH}/preview`, async ({ request }) => HttpResponse.json(preview(await request.json()))),
  http.post<never, Record<string, unknown>>(`${ORIGIN}${PATH}`, async ({ request }) => {
    sent.push({ key: request.headers.get('Idempotency-Key'), body: await request.json() });
    return answer();
  }),
  http.get(`${ORIGIN}/api/message-templates`, () =>
    HttpResponse.json({
      items: [makeTemplate(), makeTemplate({ id: 't2', name: 'Thanks', category: 'general', body: 'Thank you!' }), makeTemplate({ id: 't3', name: 'By email', channel: 'email' })],
      nextCursor: null,
    }),
  ),
);
beforeAll(() => {
  server.listen({ onUnhandledRequest: 'error' });
  Element.prototype.scrollIntoView = () => undefined;
});
beforeEach(() => {
  sent = [];
  seen = { current: 'm0' };
  preview = ({ body }) => makePreview(body ?? 'Hi Ana, your car is ready.');
  answer = () => HttpResponse.json({ id: 'm1', status: 'queued', heldUntil: null, reason: null }, { status: 201 });
});
afterEach(() => {
  cleanup();
  server.resetHandlers();
  keepDraft(MESSAGE, ME, PATH, EMPTY_DRAFT);
});
afterAll(() => server.close());

const filled: string[] = [];
let seen: { current: string | null } = { current: 'm0' };
function open({ also = ['message:send'], isKept = false }: { also?: Permission[]; isKept?: boolean } = {}) {
  if (!isKept) filled.length = 0;
  renderSignedIn(
    <Composer place={{ kind: 'job', id: 'a1' }} locationId="brooklyn" zone="America/New_York" phone="+17185550142" seenRef={seen} onFill={(field) => filled.push(field)} onWriting={() => undefined} onSent={() => undefined} />,
    { also },
  );
  return userEvent.setup();
}
const field = () => screen.getByRole('textbox', { name: 'Message' });
const button = () => screen.getByRole('button', { name: 'Send' });

describe('writing to a customer', () => {
  it('sends by Ctrl+Enter, once, and is empty afterwards', async () => {
    const user = open();
    await user.type(field(), 'On our way');
    expect(await screen.findByText('Sends now')).toBeInTheDocument();
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(field()).toHaveValue(''));
    expect(sent).toEqual([{ key: expect.stringMatching(/^[0-9a-f-]{36}$/), body: { channel: 'sms', body: 'On our way', seenId: 'm0', shownId: BEFORE_ALL } }]);
    expect(readDraft(MESSAGE, ME, PATH)).toEqual(EMPTY_DRAFT);
  });
  it('says the verdict before anything is written', async () => {
    preview = () => makePreview('.', { verdict: makeVerdict({ kind: 'refused', reason: 'opted_out', detail: { at: '2025-05-03T15:00:00Z', method: 'stop_keyword', wording: 'stop' } }) });
    const user = open();
    expect(await screen.findByText('Can’t: opted out on May 3, 2025 by STOP')).toBeInTheDocument();
    await user.type(field(), 'Hello');
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(button()).toHaveAttribute('aria-disabled', 'true'));
    await user.click(button());
    expect(sent).toEqual([]);
    expect(field()).toHaveValue('Hello');
  });
  it('says of a landline that it is one, and offers to call or to write an email', async () => {
    preview = ({ channel }) =>
      makePreview('.', channel === 'email' ? {} : { verdict: makeVerdict({ kind: 'refused', reason: 'unreachable', detail: { code: '30006', at: '2026-11-03T15:00:00Z' } }) });
    const user = open();
    expect(await screen.findByText('Can’t: the number is a landline')).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Call (718) 555-0142' })).toHaveAttribute('href', 'tel:+17185550142');
    await user.click(screen.getByRole('button', { name: 'Write an email' }));
    expect(screen.getByRole('textbox', { name: 'Subject' })).toBeInTheDocument();
    expect(screen.queryByRole('link', { name: /Call/ })).toBeNull();
  });
  it('asks first when a colleague has answered meanwhile, and shows both texts', async () => {
    const theirs = makeMessage({ id: 'm7', by: 'Ben Ortiz', body: 'Yes, it is ready.' });
    answer = () => (sent.length === 1 ? HttpResponse.json({ code: 'answered_meanwhile', status: 409, title: 'Conflict', answer: theirs }, { status: 409 }) : HttpResponse.json({ id: 'm8', status: 'queued', heldUntil: null, reason: null }, { status: 201 }));
    const user = open();
    await user.type(field(), 'Come by at 5');
    await user.keyboard('{Control>}{Enter}{/Control}');
    const dialog = await screen.findByRole('dialog', { name: 'Ben Ortiz has answered already' });
    expect(within(dialog).getByText('Yes, it is ready.')).toBeInTheDocument();
    expect(within(dialog).getByText('Come by at 5')).toBeInTheDocument();
    await user.click(within(dialog).getByRole('button', { name: 'Send mine too' }));
    await waitFor(() => expect(field()).toHaveValue(''));
    expect(sent.map(({ body }) => body.seenId)).toEqual(['m0', 'm7']);
    expect(sent[0]?.key).not.toBe(sent[1]?.key);
    expect(seen.current).toBe('m8');
  });
  it('does not send after a colleague where one thinks better of it, and keeps the words', async () => {
    answer = () => HttpResponse.json({ code: 'answered_meanwhile', status: 409, title: 'Conflict', answer: makeMessage({ id: 'm7', by: 'Ben Ortiz' }) }, { status: 409 });
    const user = open();
    await user.type(field(), 'Come by at 5');
    await user.keyboard('{Control>}{Enter}{/Control}');
    await user.click(await screen.findByRole('button', { name: 'Don’t send' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(field()).toHaveValue('Come by at 5');
    expect(screen.queryByRole('alert')).toBeNull();
    expect(sent).toHaveLength(1);
  });
  it('asks for words instead of sending nothing', async () => {
    const user = open();
    await user.click(button());
    expect(screen.getByText('Write something, or choose a template.')).toBeInTheDocument();
    expect(field()).toHaveFocus();
    expect(sent).toEqual([]);
  });
  it('shows the exact text, its length and what was replaced', async () => {
    preview = () =>
      makePreview('It\'s ready.\nReply STOP to opt out', { footer: true, segments: 2, characters: 170, replaced: [{ sign: '’', instead: "'" }] });
    const user = open();
    await user.type(field(), 'It’s ready.');
    expect(await screen.findByText('As it arrives, with the opt-out line')).toBeInTheDocument();
    expect(screen.getByText(/Reply STOP to opt out/)).toBeInTheDocument();
    expect(screen.getByText('2 parts · 170 characters')).toBeInTheDocument();
    expect(screen.getByText("Replaced, to keep it short: ’ → '")).toBeInTheDocument();
  });
  it('names a missing value with the way to fill it, and does not send', async () => {
    preview = () => makePreview('Ready at {promised_time}', { missing: ['promised_time'], verdict: makeVerdict({ kind: 'now' }) });
    const user = open();
    await user.type(field(), 'Ready');
    expect(await screen.findByText('Missing: Promised time.')).toBeInTheDocument();
    // Nothing beside the button says that it goes.
    expect(screen.getByText('Can’t yet: Promised time missing')).toBeInTheDocument();
    expect(screen.queryByText('Sends now')).toBeNull();
    expect(button()).toHaveAttribute('aria-disabled', 'true');
    await user.keyboard('{Control>}{Enter}{/Control}');
    expect(sent).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Fill in' }));
    expect(filled).toEqual(['promised_time']);
  });
  it('says what must not stand in it', async () => {
    preview = ({ body }) => makePreview(body ?? '', { findings: [{ code: 'invites_keyword', found: 'CANCEL', hint: 'CANCEL', start: 0, end: 6, field: 'body' }] });
    const user = open();
    await user.type(field(), 'Reply CANCEL');
    expect(await screen.findByText(/“CANCEL” would be a reply that phone companies take for a command/)).toBeInTheDocument();
  });
  it('keeps what was written when it closes, and its key when the server is silent', async () => {
    answer = () => HttpResponse.error();
    const user = open();
    await user.type(field(), 'On our way');
    await user.click(button());
    expect(await screen.findByRole('alert')).toHaveTextContent('It was not sent. What you wrote is kept. The shop’s server can’t be reached.');
    cleanup();
    answer = () => HttpResponse.json({ id: 'm1', status: 'queued', heldUntil: null, reason: null }, { status: 201 });
    const again = open({ isKept: true });
    expect(field()).toHaveValue('On our way');
    await again.click(button());
    await waitFor(() => expect(sent).toHaveLength(2));
    expect(sent[1]?.key).toBe(sent[0]?.key);
  });
  it('takes another key for other words, and for what was refused', async () => {
    answer = () => HttpResponse.json({ code: 'cap_customer', verdict: makeVerdict({ kind: 'refused', reason: 'cap_customer' }) }, { status: 429 });
    const user = open();
    await user.type(field(), 'Hello');
    await user.click(button());
    expect(await screen.findByRole('alert')).toHaveTextContent('Can’t: this customer got 20 texts in 24 hours, the most there may be');
    await user.click(button());
    await waitFor(() => expect(sent).toHaveLength(2));
    expect(sent[1]?.key).not.toBe(sent[0]?.key);
  });
  it('shows why it was refused in the place of the verdict', async () => {
    const user = open();
    await user.type(field(), 'Hello');
    await screen.findByText('Sends now');
    answer = () => HttpResponse.json({ code: 'feature_off', detail: 'This feature is switched off in this shop.' }, { status: 403 });
    await user.click(button());
    expect(await screen.findByRole('alert')).toHaveTextContent('This feature is switched off for your shop.');
    expect(screen.queryByText('Sends now')).toBeNull();
  });
  it('lets the owner send a held text now, with a reason, and nobody else', async () => {
    preview = ({ body }) => makePreview(body ?? '', { verdict: makeVerdict({ kind: 'held', reason: 'quiet_hours', until: '2026-11-21T13:00:00Z', zone: 'America/New_York', canOverride: true }) });
    const user = open({ also: ['message:send', 'message:override_quiet_hours'] });
    await user.type(field(), 'Tow truck is coming');
    await user.click(await screen.findByRole('button', { name: 'Send now anyway…' }));
    const dialog = screen.getByRole('dialog', { name: 'Send now, outside the hours' });
    await user.type(within(dialog).getByRole('textbox', { name: 'Reason' }), 'They asked for it{Enter}');
    await waitFor(() => expect(sent).toMatchObject([{ body: { body: 'Tow truck is coming', override: { reason: 'They asked for it' } } }]));
    cleanup();
    open();
    await screen.findByText(/^Held until/);
    expect(screen.queryByRole('button', { name: 'Send now anyway…' })).toBeNull();
  });
});

describe('what keeps a text from going', () => {
  const refuse = (reason: 'no_consent' | 'no_phone') => {
    preview = ({ body }) => makePreview(body ?? '', { verdict: makeVerdict({ kind: 'refused', reason }) });
  };
  it('has its way out beside it: consent is recorded there', async () => {
    refuse('no_consent');
    const user = open();
    await user.click(await screen.findByRole('button', { name: 'Record consent' }));
    expect(await screen.findByRole('dialog')).toHaveTextContent('(718) 555-0142');
  });
  it('leads to where a phone is entered', async () => {
    refuse('no_phone');
    const user = open();
    await user.click(await screen.findByRole('button', { name: 'Add a phone' }));
    expect(filled).toEqual(['customer_phone']);
  });
});

describe('who is answering', () => {
  it('is who has the cursor in the field or something typed in it, not who has opened it', async () => {
    const told = vi.fn();
    renderSignedIn(
      <>
        <button type="button" ref={(button) => button?.focus()}>
          elsewhere
        </button>
        <Composer place={{ kind: 'job', id: 'a1' }} locationId="brooklyn" zone="America/New_York" phone="+17185550142" seenRef={seen} onFill={null} onWriting={told} onSent={() => undefined} />
      </>,
      { also: ['message:send'] },
    );
    const user = userEvent.setup();
    expect(told).not.toHaveBeenCalledWith(true);
    await user.click(field());
    expect(told).toHaveBeenLastCalledWith(true);
    await user.click(screen.getByRole('button', { name: 'elsewhere' }));
    expect(told).toHaveBeenLastCalledWith(false);
    await user.type(field(), 'On our way');
    await user.click(screen.getByRole('button', { name: 'elsewhere' }));
    expect(told).toHaveBeenLastCalledWith(true);
  });
});

describe('a template', () => {
  it('is found by the keyboard, shown with this customer’s values, and sent by its id', async () => {
    const user = open();
    await user.click(screen.getByRole('button', { name: 'Template' }));
    const picker = await screen.findByRole('dialog', { name: 'Choose a template' });
    await within(picker).findAllByRole('option');
    expect(within(picker).getAllByRole('option').map((option) => option.getAttribute('aria-label'))).toEqual(['Ready for pick-up', 'Thanks']);
    expect(within(picker).getByRole('combobox')).toHaveFocus();
    await user.keyboard('{ArrowDown}{ArrowDown}{Enter}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(await screen.findByText('Hi Ana, your car is ready.')).toBeInTheDocument();
    await user.click(button());
    await waitFor(() => expect(sent).toMatchObject([{ body: { channel: 'sms', templateId: 't1' } }]));
  });
  it('is chosen by an Enter that comes before the list', async () => {
    let arrive = (): void => undefined;
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    server.use(
      http.get(`${ORIGIN}/api/message-templates`, async () => {
        await arrived;
        return HttpResponse.json({ items: [makeTemplate({ id: 't2', name: 'Thanks', body: 'Thank you!' }), makeTemplate()], nextCursor: null });
      }),
    );
    const user = open();
    await user.click(screen.getByRole('button', { name: 'Template' }));
    await user.type(screen.getByRole('combobox'), 'ready{Enter}');
    expect(screen.getByRole('dialog')).toBeInTheDocument();
    arrive();
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await user.click(button());
    await waitFor(() => expect(sent).toMatchObject([{ body: { templateId: 't1' } }]));
  });
  it('can be taken over as words of one’s own', async () => {
    const user = open();
    await user.click(screen.getByRole('button', { name: 'Template' }));
    await user.type(await screen.findByRole('combobox'), 'ready{Enter}');
    await screen.findByText('Hi Ana, your car is ready.');
    await user.click(screen.getByRole('button', { name: 'Edit the text' }));
    expect(field()).toHaveValue('Hi Ana, your car is ready.');
    await waitFor(() => expect(field()).toHaveFocus());
  });
});
