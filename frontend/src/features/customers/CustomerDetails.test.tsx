import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { renderSignedIn } from '@/testing/render-signed-in';
import type { Customer } from '@/types';
import { CustomerDetails } from './CustomerDetails';

const ANA: Customer = {
  id: 'c1',
  name: 'Ana Reyes',
  company: null,
  phone: '+17185550142',
  email: 'ana@example.com',
  timezone: null,
  notes: null,
  version: 4,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  visitCount: 3,
  lastVisitAt: null,
  openAppointmentCount: 0,
  vehicles: [],
};
const sent: unknown[] = [];
const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
beforeEach(() => sent.splice(0));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

/** Answers each PATCH with the next of these. */
function answer(...replies: (() => Response)[]) {
  server.use(
    http.patch('*/api/customers/c1', async ({ request }) => {
      sent.push(await request.json());
      return (replies[sent.length - 1] ?? replies.at(-1))!();
    }),
  );
}
const saved = (change: Partial<Customer>) => () => HttpResponse.json({ ...ANA, ...change });

describe('editing a customer in place', () => {
  it('saves one field with the version that was in sight, and says so', async () => {
    answer(saved({ notes: 'Prefers texts', version: 5 }));
    renderSignedIn(<CustomerDetails customer={ANA} />, { role: 'Advisor' });
    await userEvent.type(screen.getByLabelText('Notes'), 'Prefers texts');
    await userEvent.tab();
    await waitFor(() => expect(sent).toEqual([{ notes: 'Prefers texts', version: 4 }]));
    expect(await screen.findByText('Notes saved')).toBeInTheDocument();
  });

  it('sends nothing when the text is what it was, and Escape gives the saved value back', async () => {
    renderSignedIn(<CustomerDetails customer={ANA} />, { role: 'Advisor' });
    const name = screen.getByLabelText('Name');
    await userEvent.type(name, 'x{Backspace}{Enter}');
    await userEvent.type(name, 'yyy{Escape}');
    expect(name).toHaveValue('Ana Reyes');
    expect(sent).toEqual([]);
  });

  it('keeps the text and the focus with the server’s reason beside it', async () => {
    answer(() =>
      HttpResponse.json(
        { status: 422, code: 'invalid_request', detail: 'Please correct.', errors: { email: ['Use an address like name@example.com.'] } },
        { status: 422 },
      ),
    );
    renderSignedIn(<CustomerDetails customer={ANA} />, { role: 'Advisor' });
    const email = screen.getByLabelText('Email');
    await userEvent.clear(email);
    await userEvent.type(email, 'ana@{Enter}');
    expect((await screen.findAllByText(/Use an address like/))[0]).toBeInTheDocument();
    expect(email).toHaveValue('ana@');
    expect(email).toHaveFocus();
    expect(email).toBeInvalid();
  });

  it('asks which value to keep when somebody else changed the field, and overwrites on the newest version', async () => {
    const conflict = { field: 'notes', yours: 'Call first', theirs: 'Prefers texts', base: null, changedBy: 'Marcus Bell', changedAt: null };
    answer(
      () =>
        HttpResponse.json(
          { status: 409, code: 'edit_conflict', conflicts: [conflict], customer: { ...ANA, notes: 'Prefers texts', version: 9 } },
          { status: 409 },
        ),
      saved({ notes: 'Call first', version: 10 }),
    );
    renderSignedIn(<CustomerDetails customer={ANA} />, { role: 'Advisor' });
    await userEvent.type(screen.getByLabelText('Notes'), 'Call first');
    await userEvent.tab();
    await userEvent.click(await screen.findByRole('radio', { name: /Yours/ }));
    await userEvent.click(screen.getByRole('button', { name: 'Save my choice' }));
    await waitFor(() => expect(sent[1]).toEqual({ notes: 'Call first', version: 9 }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('does not offer fields to those who may only look', () => {
    renderSignedIn(<CustomerDetails customer={ANA} />, { role: 'Accountant' });
    expect(screen.queryByRole('textbox')).toBeNull();
    expect(screen.getByText('(718) 555-0142')).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Call (718) 555-0142' })).toHaveAttribute('href', 'tel:+17185550142');
  });
});
