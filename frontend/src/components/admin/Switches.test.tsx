import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { renderSignedIn } from '@/testing/render-signed-in';
import type { Switch } from '@/types';
import { Switches } from './Switches';

const ORIGIN = 'http://localhost:3000';
let shown: Switch;
let changes: unknown[] = [];
const page = () => HttpResponse.json({ items: [shown], nextCursor: null });

const server = setupServer(
  http.get(`${ORIGIN}/api/switches`, page),
  http.put<never, { isOn: boolean; reason?: string }>(`${ORIGIN}/api/switches/messaging`, async ({ request }) => {
    const body = await request.json();
    changes.push(body);
    shown = { ...shown, isOn: body.isOn, reason: body.reason ?? null, changedAt: '2026-11-20T15:00:00Z', changedBy: 'Olivia Stone' };
    return page();
  }),
);
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
beforeEach(() => {
  changes = [];
  shown = { name: 'messaging', isOn: true, isInstalled: true, reason: null, changedAt: null, changedBy: null };
});
afterEach(() => {
  cleanup();
  server.resetHandlers();
});
afterAll(() => server.close());
const control = () => screen.findByRole('switch', { name: 'Texting and email' });

describe('switching texting off', () => {
  it('asks why, says so afterwards, and is undone by one press', async () => {
    renderSignedIn(<Switches />, { also: ['settings:manage'] });
    const user = userEvent.setup();
    await user.click(await control());
    await user.keyboard('The texts say the wrong street.{Enter}');
    expect(await screen.findByText(/^Switched off by Olivia Stone, .*“The texts say the wrong street.”$/)).toBeInTheDocument();
    expect(await control()).toHaveAttribute('aria-checked', 'false');
    await user.click(await control());
    await waitFor(() => expect(changes).toEqual([{ isOn: false, reason: 'The texts say the wrong street.' }, { isOn: true }]));
    await waitFor(async () => expect(await control()).toHaveAttribute('aria-checked', 'true'));
  });
  it('names what only the server’s settings switch, with its state', async () => {
    const { container } = renderSignedIn(<Switches />, { also: ['settings:manage'], flags: { payments: true, paymentsOnline: false } });
    await control();
    const said = [...container.querySelectorAll('[data-flag]')].map((row) => row.textContent);
    expect(said).toEqual([
      'PaymentsFF_PAYMENTSOn',
      'Online paymentsFF_PAYMENTS_ONLINEOff',
      'InspectionsFF_INSPECTIONSOn',
      'Command paletteFF_COMMAND_PALETTEOn',
      'Colors of the brandFF_BRAND_THEMINGOn',
    ]);
  });
  it('can’t switch on what the installation has off', async () => {
    shown = { ...shown, isInstalled: false };
    renderSignedIn(<Switches />, { also: ['settings:manage'] });
    expect(await control()).toBeDisabled();
    expect(await control()).toHaveAttribute('aria-checked', 'false');
  });
});
