import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import '@/i18n/late/payments';
import { renderSignedIn } from '@/testing/render-signed-in';
import type { Ledger } from '@/types';
import { TakePayment } from './TakePayment';

const AT = '2026-11-20T15:00:00Z';
let answer: () => Response;
let sent: unknown[] = [];
const server = setupServer(
  http.post('http://localhost:3000/api/appointments/a1/payments', async ({ request }) => {
    sent.push(await request.json());
    return answer();
  }),
);
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
beforeEach(() => {
  sent = [];
});
afterEach(() => {
  cleanup();
  server.resetHandlers();
});
afterAll(() => server.close());

const VISIT = { id: 'a1', balanceCents: 10_000, totalCents: 10_000, paidCents: 0, currency: 'USD', timezone: 'America/New_York', booksDay: '2020-01-01' } as Ledger['appointment'];

function entered(issuedAt: string): Response {
  const invoice = { id: 'i1', number: 1717, isLocked: true, newest: { versionNo: 1, issuedAt } };
  return HttpResponse.json({ id: 'p1', amountCents: 10_000, balanceCents: 0, createdAt: AT, accountingOn: '2026-11-20', invoice }, { status: 201 });
}

function open(balanceCents = 10_000) {
  renderSignedIn(<TakePayment visit={{ ...VISIT, balanceCents }} isOffline={false} />, { also: ['payment:record'] });
  return userEvent.setup();
}
const amount = () => screen.getByRole('textbox', { name: 'Amount' });

describe('taking money', () => {
  it('says that the invoice is issued where this payment issued it, else that it is paid', async () => {
    answer = () => entered(AT);
    const user = open();
    await user.click(screen.getByRole('button', { name: 'Record $100.00' }));
    expect(await screen.findByText('The visit is settled. Invoice 1717 is issued.')).toBeInTheDocument();
    cleanup();
    answer = () => entered('2026-11-19T15:00:00Z');
    await open().click(screen.getByRole('button', { name: 'Record $100.00' }));
    expect(await screen.findByText('Invoice 1717 is paid.')).toBeInTheDocument();
  });

  it('says beforehand and afterwards in which day’s books money goes once today is closed', async () => {
    answer = () => HttpResponse.json({ id: 'p1', amountCents: 5_000, balanceCents: 5_000, createdAt: AT, accountingOn: '2026-11-21', invoice: null }, { status: 201 });
    renderSignedIn(<TakePayment visit={{ ...VISIT, booksDay: '2999-01-01' }} isOffline={false} />, { also: ['payment:record'] });
    const user = userEvent.setup();
    expect(screen.getByText('Today’s books are closed: money goes into those of Tue, Jan 1.')).toBeInTheDocument();
    await user.clear(amount());
    await user.type(amount(), '50{Enter}');
    expect(await screen.findByText('$50.00 is still owed. It is in the books of Sat, Nov 21.')).toBeInTheDocument();
  });

  it('enters both parts of a split payment in the books of the same day', async () => {
    answer = () => entered(AT);
    const user = open();
    await user.clear(amount());
    await user.type(amount(), '40');
    await user.click(screen.getByRole('button', { name: 'Reference, note, day' }));
    fireEvent.change(screen.getByLabelText('Day of the books'), { target: { value: '2026-11-18' } });
    await user.click(screen.getByRole('button', { name: /\$60\.00/ }));
    await waitFor(() => expect(sent).toHaveLength(2));
    expect(sent).toEqual([
      { amountCents: 4_000, method: 'card', isDeposit: false, accountingOn: '2026-11-18' },
      { amountCents: 6_000, method: 'cash', accountingOn: '2026-11-18' },
    ]);
  });

  it('finds nothing wrong with a second press after the payment', async () => {
    answer = () => entered(AT);
    const user = open(0);
    await user.type(amount(), '100{Enter}');
    await waitFor(() => expect(amount()).toHaveValue(''));
    await user.keyboard('{Enter}');
    expect(amount()).not.toHaveAttribute('aria-invalid');
    expect(sent).toHaveLength(1);
  });

  it('records a part of what is owed once, however often Enter is pressed, and the rest when it is asked for', async () => {
    answer = () => HttpResponse.json({ id: 'p1', amountCents: 2_000, balanceCents: 4_425, createdAt: AT, accountingOn: '2026-11-20', invoice: null }, { status: 201 });
    const user = open(6_425);
    await user.clear(amount());
    await user.type(amount(), '20{Enter}');
    await screen.findByText('$44.25 is still owed.');
    await waitFor(() => expect(screen.getByRole('button', { name: 'Record' })).toBeEnabled());
    await user.keyboard('{Enter}{Enter}');
    await user.dblClick(screen.getByRole('button', { name: 'Record' }));
    expect(amount()).not.toHaveAttribute('aria-invalid');
    expect(sent).toHaveLength(1);
    // A letter is a choice: what is owed stands there again. The ledger of this test is not read anew.
    await user.type(amount(), 'c');
    expect(amount()).toHaveValue('64.25');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(sent).toHaveLength(2));
    expect(sent[1]).toMatchObject({ method: 'cash' });
    await waitFor(() => expect(amount()).toHaveValue(''));
    await user.click(screen.getByRole('button', { name: 'The rest, $64.25' }));
    expect(amount()).toHaveValue('64.25');
    expect(sent).toHaveLength(2);
  });

  it('forgets what was wrong, and what was refused, once something else is typed', async () => {
    answer = () => HttpResponse.json({ code: 'overpayment', detail: '$100.00 is owed, this is $0.01 more.' }, { status: 409 });
    const user = open();
    await user.clear(amount());
    await user.keyboard('{Enter}');
    expect(amount()).toHaveAttribute('aria-invalid', 'true');
    await user.type(amount(), '100.01');
    expect(amount()).not.toHaveAttribute('aria-invalid');
    await user.keyboard('{Enter}');
    expect(await screen.findByText('Nothing was recorded')).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Record $100.01 anyway' })).toBeInTheDocument();
    await user.clear(amount());
    await user.type(amount(), '100');
    expect(screen.queryByText('Nothing was recorded')).not.toBeInTheDocument();
  });
});
