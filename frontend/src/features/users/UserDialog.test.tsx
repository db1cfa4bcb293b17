import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { renderSignedIn } from '@/testing/render-signed-in';
import type { Person } from '@/types';
import { UserDialog } from './UserDialog';

const SAM: Person = {
  id: 'sam',
  name: 'Sam Rivera',
  email: 'sam@example.com',
  role: 'Advisor',
  isActive: true,
  color: null,
  locationIds: ['brooklyn', 'elsewhere'],
  version: 2,
  lastSeenAt: null,
};
const BROOKLYN = { id: 'brooklyn', name: 'Brooklyn', timezone: 'America/New_York' };
const QUEENS = { id: 'queens', name: 'Queens', timezone: 'America/New_York' };
let owners: Person[] = [];
const sent: unknown[] = [];
const server = setupServer(
  http.get('*/api/users', () => HttpResponse.json({ items: owners, nextCursor: null })),
  http.get('*/api/users/locations', () => HttpResponse.json({ items: [BROOKLYN, QUEENS] })),
  http.get('*/api/me', () => new HttpResponse(null, { status: 503 })),
  http.get('*/api/locations', () => HttpResponse.json({ items: [] })),
);
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
beforeEach(() => {
  owners = [];
  sent.splice(0);
});
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const onPatch = (...replies: Response[]) =>
  server.use(
    http.patch('*/api/users/:id', async ({ request }) => {
      sent.push(await request.json());
      return replies[sent.length - 1]!;
    }),
  );

describe('adding and changing people', () => {
  it('names every missing field and goes to the first', async () => {
    renderSignedIn(<UserDialog person={null} onClose={vi.fn()} onAdded={vi.fn()} />);
    await userEvent.click(screen.getByRole('button', { name: 'Add person' }));
    expect(screen.getByText('Enter a name.')).toBeInTheDocument();
    expect(screen.getByText('Enter an email.')).toBeInTheDocument();
    expect(screen.getByText('Choose a role.')).toBeInTheDocument();
    expect(screen.getByLabelText('Name')).toHaveFocus();
  });

  it('hands the temporary password of an added person on', async () => {
    server.use(
      http.post('*/api/users', async ({ request }) => {
        sent.push(await request.json());
        return HttpResponse.json({ ...SAM, temporaryPassword: 'abcd-efgh' }, { status: 201 });
      }),
    );
    const onAdded = vi.fn();
    renderSignedIn(<UserDialog person={null} onClose={vi.fn()} onAdded={onAdded} />);
    await userEvent.type(screen.getByLabelText('Name'), 'Sam Rivera');
    await userEvent.type(screen.getByLabelText('Email'), 'sam@example.com');
    await userEvent.click(screen.getByRole('radio', { name: /Advisor/ }));
    await userEvent.click(screen.getByRole('button', { name: 'Add person' }));
    await waitFor(() => expect(onAdded).toHaveBeenCalledWith(expect.objectContaining({ id: 'sam' }), 'abcd-efgh'));
    expect(sent).toEqual([{ name: 'Sam Rivera', email: 'sam@example.com', role: 'Advisor', locationIds: ['brooklyn'] }]);
  });

  it('offers every location of the shop, sends only what changed and keeps a location that has gone', async () => {
    onPatch(HttpResponse.json({ ...SAM, version: 3 }));
    const onClose = vi.fn();
    renderSignedIn(<UserDialog person={SAM} onClose={onClose} onAdded={vi.fn()} />);
    await userEvent.click(await screen.findByRole('checkbox', { name: 'Queens' }));
    await userEvent.click(screen.getByRole('button', { name: 'Save changes' }));
    await waitFor(() => expect(onClose).toHaveBeenCalled());
    expect(sent).toEqual([{ locationIds: ['brooklyn', 'elsewhere', 'queens'], version: 2 }]);
  });

  it('explains why the last Owner’s role cannot change, before anybody tries', async () => {
    const olivia: Person = { ...SAM, id: 'user-Owner', name: 'Olivia Park', role: 'Owner' };
    owners = [olivia];
    renderSignedIn(<UserDialog person={olivia} onClose={vi.fn()} onAdded={vi.fn()} />);
    expect(await screen.findByText(/Olivia Park is the only active Owner/)).toBeInTheDocument();
    for (const radio of screen.getAllByRole('radio')) expect(radio).toBeDisabled();
    expect(screen.queryByRole('switch')).toBeNull();
  });

  it('explains the refusal when somebody became the last Owner a moment ago', async () => {
    onPatch(HttpResponse.json({ status: 409, code: 'last_owner', detail: 'x' }, { status: 409 }));
    renderSignedIn(<UserDialog person={{ ...SAM, role: 'Owner' }} onClose={vi.fn()} onAdded={vi.fn()} />);
    await userEvent.click(screen.getByRole('radio', { name: /Tech/ }));
    await userEvent.click(screen.getByRole('button', { name: 'Save changes' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('This is the only active Owner. Make somebody else Owner first.');
  });

  it('saves on top of the others’ changes after it said that there are some', async () => {
    onPatch(
      HttpResponse.json({ status: 409, code: 'stale_version', currentVersion: 7 }, { status: 409 }),
      HttpResponse.json({ ...SAM, version: 8 }),
    );
    const onClose = vi.fn();
    renderSignedIn(<UserDialog person={SAM} onClose={onClose} onAdded={vi.fn()} />);
    await userEvent.type(screen.getByLabelText('Name'), 'a');
    await userEvent.click(screen.getByRole('button', { name: 'Save changes' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('Somebody changed this person meanwhile.');
    await userEvent.click(screen.getByRole('button', { name: 'Save changes' }));
    await waitFor(() => expect(onClose).toHaveBeenCalled());
    expect(sent).toEqual([
      { name: 'Sam Riveraa', version: 2 },
      { name: 'Sam Riveraa', version: 7 },
    ]);
  });
});
