import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import type { ComponentProps } from 'react';
import { Dialog } from '@/components/ui/Dialog';
import { renderSignedIn } from '@/testing/render-signed-in';
import type { WorkLine } from '@/types';
import { LineFields } from './LineFields';
import { LineRow } from './LineRow';
import { WorkProvider } from './WorkContext';

const ORIGIN = 'http://localhost:3000';
const line = { id: 'l1', jobId: 'j1', kind: 'part', name: 'Rotor', quantity: '1', hours: null, unitPriceCents: 120_000, unitCostCents: null, priceCents: 120_000, discountCents: 0, discountReason: null, taxClass: 'parts', notes: null, version: 3, isFlat: false } as unknown as WorkLine;
const sheet = { lockedAt: null, jobs: [], taxRates: [] } as unknown as ComponentProps<typeof WorkProvider>['sheet'];

let sent: unknown[] = [];
let answer: () => Response;
const server = setupServer(
  http.patch(`${ORIGIN}/api/appointments/a1/services/l1`, async ({ request }) => {
    sent.push(await request.json());
    return answer();
  }),
);
beforeAll(() => server.listen({ onUnhandledRequest: 'bypass' }));
beforeEach(() => {
  sent = [];
  answer = () => HttpResponse.json({ ...line, version: 4 });
});
afterEach(() => {
  cleanup();
  server.resetHandlers();
});
afterAll(() => server.close());

function show() {
  const view = renderSignedIn(
    <WorkProvider appointmentId="a1" locationId="brooklyn" zone="America/New_York" sheet={sheet} drawPhotos={undefined}>
      <LineFields line={line} />
    </WorkProvider>,
    { also: ['service:edit', 'service:note'] },
  );
  return { user: userEvent.setup(), ...view };
}

describe('a discount on a line', () => {
  it('is saved with its reason, to which the keyboard goes, and says nothing of a save before', async () => {
    const { user } = show();
    await user.type(screen.getByRole('textbox', { name: /^Discount/ }), '50');
    await user.tab();
    expect(screen.getByRole('textbox', { name: /Why the discount/ })).toHaveFocus();
    expect(screen.queryByText('Saved')).toBeNull();
    expect(sent).toEqual([]);
    await user.keyboard('A friend{Enter}');
    await waitFor(() => expect(sent).toMatchObject([{ discountCents: 5_000, discountReason: 'A friend' }]));
    expect(await screen.findByText('Saved')).toBeVisible();
  });
  it('shows a refusal at the amount', async () => {
    answer = () => HttpResponse.json({ status: 422, type: '/problems/invalid', code: 'invalid', title: 'Invalid', detail: 'Please check.', requestId: 'r', errors: { discountCents: ['At most $120.00 off for you.'] } }, { status: 422 });
    const { user } = show();
    await user.type(screen.getByRole('textbox', { name: /^Discount/ }), '500');
    await user.tab();
    await user.keyboard('A friend{Enter}');
    expect(await screen.findByText('At most $120.00 off for you.')).toBeVisible();
    expect(screen.queryByText('Saved')).toBeNull();
  });
  it('without a reason is asked for it, and sends nothing', async () => {
    const { user, unmount } = show();
    await user.type(screen.getByRole('textbox', { name: /^Discount/ }), '50');
    await user.click(document.body);
    expect(screen.getByText('Say why; the discount is saved with it.')).toBeVisible();
    unmount();
    expect(sent).toEqual([]);
  });
});

describe('an open line', () => {
  function open() {
    renderSignedIn(
      <WorkProvider appointmentId="a1" locationId="brooklyn" zone="America/New_York" sheet={sheet} drawPhotos={undefined}>
        <Dialog title="Job" onClose={onClose}>
          <LineRow line={line} />
        </Dialog>
      </WorkProvider>,
      { also: ['service:edit', 'service:note'] },
    );
    return userEvent.setup();
  }
  const onClose = vi.fn();

  it('is closed by Escape, which leaves the drawer open, after what was typed is taken back', async () => {
    const user = open();
    const row = screen.getByRole('button', { name: 'Edit Rotor' });
    await user.click(row);
    await user.type(screen.getByRole('textbox', { name: 'Price each' }), '5');
    await user.keyboard('{Escape}');
    expect(screen.getByRole('textbox', { name: 'Price each' })).toHaveValue('1200.00');
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('textbox', { name: 'Price each' })).toBeNull();
    expect(row).toHaveFocus();
    expect(onClose).not.toHaveBeenCalled();
    await user.keyboard('{Escape}');
    expect(onClose).toHaveBeenCalled();
  });
  it('becomes labor of as many hours, where it was typed in as a part', async () => {
    const user = open();
    await user.click(screen.getByRole('button', { name: 'Edit Rotor' }));
    await user.selectOptions(screen.getByRole('combobox', { name: 'Kind' }), 'Labor');
    await waitFor(() => expect(sent).toEqual([{ kind: 'labor', hours: '1', quantity: '1', taxClass: 'labor', version: 3 }]));
  });
});
