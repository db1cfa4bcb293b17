import { useQueryClient } from '@tanstack/react-query';
import { renderHook, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { useLocation } from 'react-router';
import { useMenuWanted } from '@/features/board/board-store';
import { boardKeys } from '@/lib/query-keys';
import { makeBoard, makeCard } from '@/testing/boards';
import { renderSignedIn } from '@/testing/render-signed-in';
import { Palette } from './Palette';

const people = ['Aaliyah Gill', 'Aaliyah Gillespie', 'Yara Haddad'].map((name, index) => ({
  id: `c${index}`,
  name,
  company: null,
  phone: null,
  email: null,
  vehicleCount: 0,
  lastVisitAt: null,
  vehicles: [],
}));
const server = setupServer(
  http.get('http://localhost:3000/api/customers', ({ request }) => {
    const typed = new URL(request.url).searchParams.get('q')?.toLowerCase() ?? '';
    return HttpResponse.json({ items: people.filter(({ name }) => name.toLowerCase().includes(typed)), nextCursor: null });
  }),
  http.get('http://localhost:3000/api/appointments', ({ request }) => {
    const number = new URL(request.url).searchParams.get('number');
    return HttpResponse.json({ items: number === '4340' ? [makeCard({ id: 'old', number: 4340 })] : [], nextCursor: null });
  }),
  http.get('http://localhost:3000/api/payments/visits', ({ request }) => {
    const isThere = new URL(request.url).searchParams.get('number') === '4340';
    return HttpResponse.json({ items: isThere ? [{ id: 'paid', number: 4340, status: 'COMPLETED', customerName: 'Ana Reyes', vehicle: null, plate: null }] : [], nextCursor: null });
  }),
);
beforeAll(() => {
  server.listen({ onUnhandledRequest: 'error' });
  window.ResizeObserver ??= class {
    observe = (): void => undefined;
    unobserve = (): void => undefined;
    disconnect = (): void => undefined;
  };
  Element.prototype.scrollIntoView = () => undefined;
});
afterAll(() => server.close());

function Here() {
  const { pathname, search } = useLocation();
  const client = useQueryClient();
  client.setQueryData(
    [...boardKeys.all, 'list', 'test'],
    makeBoard([
      makeCard({ id: 'a1', number: 1, customerName: 'Ashley Day', vehicle: 'Hyundai Elantra' }),
      ...Array.from({ length: 7 }, (_, index) =>
        makeCard({ id: `b${index}`, number: 20 + index, customerName: 'Wei Delgado', vehicle: '2019 Toyota Corolla', orderKey: 2048 + index }),
      ),
    ]),
  );
  return <p>{`at ${pathname}${search}`}</p>;
}
async function type(text: string, { chosenId = null, ...options }: Parameters<typeof renderSignedIn>[1] & { chosenId?: string | null } = { at: '/board' }) {
  renderSignedIn(<><Here /><Palette chosenId={chosenId} onClose={() => undefined} onKeys={() => undefined} /></>, options);
  const user = userEvent.setup();
  await user.type(screen.getByRole('combobox'), text);
  return user;
}
const names = () => screen.queryAllByRole('option').map((option) => option.textContent);

describe('the palette', () => {
  it('takes a customer that only the server knows as found: the first one is chosen and Enter opens it', async () => {
    const user = await type('Aaliyah Gill');
    await screen.findByText('Aaliyah Gill');
    expect(screen.queryByText('Nothing matches.')).toBeNull();
    await waitFor(() => expect(screen.getAllByRole('option')[0]).toHaveAttribute('aria-selected', 'true'));
    await user.keyboard('{Enter}');
    expect(await screen.findByText('at /customers/c0')).toBeInTheDocument();
  });
  it('lists no job that merely has the letters somewhere', async () => {
    await type('yara');
    await screen.findByText('Yara Haddad');
    expect(names()).toEqual(['Yara Haddad']);
  });
  it('finds a job of any day by its number', async () => {
    const user = await type('#4340');
    await user.click(await screen.findByText('#4340'));
    expect(await screen.findByText('at /board?open=old')).toBeInTheDocument();
  });
  it('finds an accountant the job whose money they may see', async () => {
    const user = await type('4340', { role: 'Accountant', at: '/books' });
    await user.click(await screen.findByText('#4340'));
    expect(await screen.findByText('at /books?open=paid')).toBeInTheDocument();
  });
  it('lists five jobs at most, and opens the chosen one', async () => {
    const user = await type('corolla');
    expect(names()).toHaveLength(5);
    await user.keyboard('{ArrowDown}{Enter}');
    expect(await screen.findByText('at /board?open=b1')).toBeInTheDocument();
  });
  it('says that nothing matches once everything has been asked', async () => {
    await type('qqqq');
    expect(screen.getByText('Searching…')).toBeInTheDocument();
    expect(await screen.findByText('Nothing matches.')).toBeInTheDocument();
    expect(names()).toEqual([]);
  });
  it('acts on the card that had the focus', async () => {
    const wanted = vi.fn();
    const { unmount } = renderHook(() => useMenuWanted(wanted));
    const user = await type('move', { at: '/board', chosenId: 'a1' });
    expect(names()[0]).toBe('Move Hyundai Elantra, Ashley Day to…');
    await user.keyboard('{Enter}');
    expect(wanted).toHaveBeenCalledExactlyOnceWith('move', 'a1');
    unmount();
  });
  it('finds pages and acts by their words', async () => {
    await type('dark');
    expect(names()).toEqual(['Theme: Dark']);
  });
});
