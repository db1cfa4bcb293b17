import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import '@/i18n/late/books';
import { renderSignedIn } from '@/testing/render-signed-in';
import type { BooksDay } from '@/types';
import { DayCount } from './DayCount';

let closed = 0;
const server = setupServer(
  http.post('http://localhost:3000/api/books/days/2026-11-30/close', () => {
    closed += 1;
    return HttpResponse.json({}, { status: 201 });
  }),
);
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
beforeEach(() => {
  closed = 0;
});
afterEach(() => {
  cleanup();
  server.resetHandlers();
});
afterAll(() => server.close());

const CASH = { method: 'cash', receivedCents: 100_00, returnedCents: 0, expectedCents: 100_00, countedCents: null, differenceCents: null } as BooksDay['methods'][number];

const figures: BooksDay = {
  day: '2026-11-30',
  today: '2026-11-30',
  locationId: 'brooklyn',
  currency: 'USD',
  isClosed: false,
  close: null,
  methods: [],
  earlier: [],
  earlierDays: [],
  entries: 0,
  slipCents: 0,
  openVisits: 30,
  shopClosesAt: '2999-11-30T22:30:00Z',
};

function open(changes: Partial<BooksDay> = {}) {
  renderSignedIn(<DayCount locationId="brooklyn" zone="America/New_York" figures={{ ...figures, ...changes }} onDay={() => undefined} />, { also: ['day:close'] });
  return userEvent.setup();
}
const close = () => screen.getByRole('button', { name: 'Close Mon, Nov 30' });

describe('closing a day', () => {
  it('asks while money may still come today, and says where that goes', async () => {
    const user = open();
    await user.click(close());
    const asked = await screen.findByRole('dialog', { name: 'Close Mon, Nov 30 already?' });
    expect(asked).toHaveTextContent('30 jobs planned or promised for today are not finished.');
    expect(asked).toHaveTextContent('The shop is open until 5:30 PM.');
    expect(asked).toHaveTextContent('goes into the books of Tue, Dec 1');
    await user.click(screen.getByRole('button', { name: 'Keep it open' }));
    expect(closed).toBe(0);
    await user.click(close());
    await user.click(await screen.findByRole('button', { name: 'Close it now' }));
    await waitFor(() => expect(closed).toBe(1));
  });

  it('does not ask once the day is over', async () => {
    const over = { openVisits: 0, shopClosesAt: '2020-01-01T22:30:00Z' };
    const user = open(over);
    await user.click(close());
    await waitFor(() => expect(closed).toBe(1));
    cleanup();
    await open({ today: '2026-12-01' }).click(close());
    await waitFor(() => expect(closed).toBe(2));
  });

  it('keeps what was counted through a look at another page, by day, until the day is closed', async () => {
    const counting = { methods: [CASH], shopClosesAt: '2020-01-01T22:30:00Z', openVisits: 0 };
    const cash = () => screen.getByLabelText('Counted: Cash');
    const user = open(counting);
    await user.type(cash(), '120');
    await user.type(screen.getByLabelText('Note'), 'A twenty lay under the tray.');
    cleanup();
    open({ ...counting, day: '2026-11-29' });
    expect(cash()).toHaveValue('');
    cleanup();
    const again = open(counting);
    expect(cash()).toHaveValue('120');
    expect(screen.getByLabelText('Note')).toHaveValue('A twenty lay under the tray.');
    await again.click(close());
    await waitFor(() => expect(closed).toBe(1));
    await waitFor(() => expect(cash()).toHaveValue(''));
    expect(screen.getByLabelText('Note')).toHaveValue('');
  });
});
