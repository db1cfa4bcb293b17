import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { renderSignedIn } from '@/testing/render-signed-in';
import type { Customer, Vehicle } from '@/types';
import { MergeDialog } from './MergeDialog';

const KEPT: Customer = {
  id: 'kept',
  name: 'Ana Reyes',
  company: null,
  phone: '+17185550142',
  email: null,
  timezone: null,
  notes: null,
  version: 1,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  visitCount: 4,
  lastVisitAt: null,
  openAppointmentCount: 0,
  vehicles: [],
};
const OTHER: Customer = {
  ...KEPT,
  id: 'other',
  name: 'Anna Reyes',
  phone: '+17185550199',
  email: 'ana@example.com',
  visitCount: 1,
  vehicles: [{ id: 'v1' }, { id: 'v2' }] as Vehicle[],
};
const sent: unknown[] = [];
const server = setupServer(http.get('*/api/customers/other', () => HttpResponse.json(OTHER)));
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
beforeEach(() => sent.splice(0));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const onMerge = (reply: () => Response) =>
  server.use(
    http.post('*/api/customers/kept/merge', async ({ request }) => {
      sent.push(await request.json());
      return reply();
    }),
  );

describe('merging two records of one person', () => {
  it('says in words what moves and what is lost, following the choices', async () => {
    renderSignedIn(<MergeDialog customer={KEPT} duplicateId="other" onClose={vi.fn()} />);
    expect(await screen.findByText(/2 vehicles and 1 visit of Anna Reyes move to Ana Reyes/)).toBeInTheDocument();
    expect(screen.getByText('Not kept: Name “Anna Reyes”, Phone “(718) 555-0199”.')).toBeInTheDocument();
    await userEvent.click(within(screen.getByRole('radiogroup', { name: 'Phone' })).getByRole('radio', { name: '(718) 555-0199' }));
    expect(screen.getByText('Not kept: Name “Anna Reyes”, Phone “(718) 555-0142”.')).toBeInTheDocument();
  });

  it('sends the choice for every field in which they differ', async () => {
    onMerge(() => HttpResponse.json(KEPT));
    const onClose = vi.fn();
    renderSignedIn(<MergeDialog customer={KEPT} duplicateId="other" onClose={onClose} />);
    await userEvent.click(await screen.findByRole('radio', { name: 'Anna Reyes' }));
    await userEvent.click(screen.getByRole('button', { name: 'Merge into Anna Reyes' }));
    await waitFor(() => expect(onClose).toHaveBeenCalled());
    expect(sent).toEqual([{ duplicateId: 'other', fields: { name: 'take', phone: 'keep', email: 'take' } }]);
  });

  it('stays open with the reason when the server refuses', async () => {
    onMerge(() => HttpResponse.json({ status: 404, code: 'not_found', detail: 'x' }, { status: 404 }));
    const onClose = vi.fn();
    renderSignedIn(<MergeDialog customer={KEPT} duplicateId="other" onClose={onClose} />);
    await userEvent.click(await screen.findByRole('button', { name: 'Merge into Ana Reyes' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('It no longer exists');
    expect(onClose).not.toHaveBeenCalled();
  });
});
