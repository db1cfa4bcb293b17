import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { useLocation } from 'react-router';
import { renderSignedIn } from '@/testing/render-signed-in';
import type { CustomerListItem } from '@/types';
import { CustomerList } from './CustomerList';

const person = (id: string, name: string, change: Partial<CustomerListItem> = {}): CustomerListItem => ({
  id,
  name,
  company: null,
  phone: '+17185550142',
  email: null,
  vehicleCount: 1,
  lastVisitAt: null,
  vehicles: [{ id: `v-${id}`, label: '2019 Toyota Camry', plate: 'ABC-1234', vin: '4T1B11HK5KU123456' }],
  ...change,
});
const EVERYONE = [person('ana', 'Ana Reyes'), person('bo', 'Bo Lindqvist', { phone: '+17185559988' }), person('cy', 'Cy Young')];

const asked: string[] = [];
const server = setupServer(
  http.get('*/api/customers', ({ request }) => {
    const q = new URL(request.url).searchParams.get('q') ?? '';
    asked.push(q);
    if (q === 'broken') return HttpResponse.json({ status: 500, code: 'internal', title: 'Fault', requestId: 'r-7' }, { status: 500 });
    const items = EVERYONE.filter((one) => !q || one.name.toLowerCase().includes(q) || one.phone?.includes(q));
    return HttpResponse.json({ items, nextCursor: null });
  }),
);
beforeAll(() => {
  server.listen({ onUnhandledRequest: 'error' });
  // jsdom has no layout; the list draws what fits into its box.
  Object.defineProperty(HTMLElement.prototype, 'clientHeight', { configurable: true, value: 640 });
  Object.defineProperty(HTMLElement.prototype, 'clientWidth', { configurable: true, value: 900 });
  HTMLElement.prototype.scrollTo = () => undefined;
});
beforeEach(() => asked.splice(0));
afterAll(() => server.close());

function Where() {
  const { pathname, search } = useLocation();
  return <output>{pathname + search}</output>;
}
const show = (onNew: (() => void) | null = vi.fn()) =>
  renderSignedIn(
    <>
      <CustomerList openId={null} onNew={onNew} />
      <Where />
    </>,
    { at: '/customers' },
  );

describe('the customer search', () => {
  it('lists everyone before anything is typed', async () => {
    show();
    expect(await screen.findAllByRole('link')).toHaveLength(3);
  });

  it('tells of the last visit in a sentence', async () => {
    server.use(
      http.get('*/api/customers', () =>
        HttpResponse.json({
          items: [person('ana', 'Ana Reyes', { lastVisitAt: new Date().toISOString() }), person('bo', 'Bo', { lastVisitAt: '2024-11-20T15:00:00Z' })],
          nextCursor: null,
        }),
      ),
    );
    show();
    expect(await screen.findByRole('link', { name: /Ana Reyes/ })).toHaveTextContent('Last visit today');
    expect(screen.getByRole('link', { name: /Bo/ })).toHaveTextContent('Last visit Nov 20, 2024');
    server.resetHandlers();
  });

  it('asks once when the typing rests, marks what it found and says how many', async () => {
    show();
    await screen.findByText('Ana Reyes');
    await userEvent.type(screen.getByRole('textbox'), '9988', { delay: 5 });
    const found = await screen.findByText('9988', { selector: 'mark' });
    expect(found.closest('a')).toHaveTextContent('Bo Lindqvist');
    expect(asked).toEqual(['', '9988']);
    await waitFor(() => expect(document.querySelector('[data-announcer]')).toHaveTextContent('1 customer'));
    await waitFor(() => expect(screen.getByRole('status')).toHaveTextContent('/customers?q=9988'));
  });

  it('opens the first match on Enter even when the answer is still on its way', async () => {
    show();
    await screen.findByText('Ana Reyes');
    await userEvent.type(screen.getByRole('textbox'), 'bo l{Enter}');
    await waitFor(() => expect(screen.getByRole('status')).toHaveTextContent('/customers/bo?q=bo%20l'));
  });

  it('walks the list by arrow keys and comes back to the field', async () => {
    show();
    await screen.findByText('Ana Reyes');
    const field = screen.getByRole('textbox');
    await userEvent.click(field);
    await userEvent.keyboard('{ArrowDown}');
    await waitFor(() => expect(screen.getByRole('link', { name: /Ana Reyes/ })).toHaveFocus());
    await userEvent.keyboard('{End}');
    await waitFor(() => expect(screen.getByRole('link', { name: /Cy Young/ })).toHaveFocus());
    await userEvent.keyboard('{Home}');
    await waitFor(() => expect(screen.getByRole('link', { name: /Ana Reyes/ })).toHaveFocus());
    await userEvent.keyboard('{ArrowUp}');
    expect(field).toHaveFocus();
  });

  it('says that nobody matches and offers to add them, but not to those who may not', async () => {
    const { unmount } = show();
    await screen.findByText('Ana Reyes');
    await userEvent.type(screen.getByRole('textbox'), 'nobody');
    expect(await screen.findByText('Nobody matches “nobody”')).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'New customer' })).toBeInTheDocument();
    unmount();
    show(null);
    await userEvent.type(screen.getByRole('textbox'), 'nobody');
    await screen.findByText('Nobody matches “nobody”');
    expect(screen.queryByRole('button', { name: 'New customer' })).toBeNull();
  });

  it('says what went wrong, with the request’s number and a way to try again', async () => {
    show();
    await screen.findByText('Ana Reyes');
    await userEvent.type(screen.getByRole('textbox'), 'broken');
    expect(await screen.findByText('Request r-7')).toBeInTheDocument();
    const before = asked.length;
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(asked.length).toBeGreaterThan(before));
  });
});
