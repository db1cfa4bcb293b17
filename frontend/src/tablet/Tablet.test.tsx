import { act as react, render, screen } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { MemoryRouter } from 'react-router';
import { toast, toastStore } from '@/components/ui/toast-store';
import { announce } from '@/lib/announce';
import type { Work } from '@/offline/work';
import { makeDay, MARCUS } from '@/testing/tech-day';
import { Tablet } from './Tablet';
import { keeper } from './work';

const server = setupServer(http.get('*/api/tablet/people', () => HttpResponse.json({ items: [], idleSeconds: 300 })));
beforeAll(() => server.listen({ onUnhandledRequest: 'bypass' }));
afterAll(() => server.close());

it('shows whoever comes Now and next, from its heading, and nothing of what the one before was told', async () => {
  const listeners = new Set<() => void>();
  // Without a network, as with one.
  let work: Work = { ...keeper.read(), status: 'in', connection: 'offline', person: MARCUS, day: makeDay() };
  vi.spyOn(keeper, 'read').mockImplementation(() => work);
  vi.spyOn(keeper, 'subscribe').mockImplementation((told) => (listeners.add(told), () => listeners.delete(told)));
  const show = (changes: Partial<Work>): void =>
    react(() => {
      work = { ...work, ...changes };
      for (const told of [...listeners]) told();
    });
  render(
    <MemoryRouter initialEntries={['/jobs/visit-1']}>
      <Tablet />
    </MemoryRouter>,
  );
  // Whoever is still here after the page was loaded anew stays where they were.
  expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent('2019 Toyota Corolla');
  react(() => void toast({ tone: 'error', title: 'Not for the next one' }));
  react(() => announce('161,200 miles written down.'));
  expect(document.body).toHaveTextContent('161,200 miles');

  show({ status: 'out', person: null, day: null });
  expect(await screen.findByRole('heading', { name: 'Who works?' })).toHaveFocus();
  const hank = { id: 'hank', name: 'Hank Yazzie' };
  show({ status: 'in', person: hank, day: makeDay({ me: hank, appointments: [] }) });

  expect(screen.getByRole('heading', { name: 'Now and next' })).toHaveFocus();
  expect(document.body).not.toHaveTextContent('161,200 miles');
  expect(toastStore.read()).toEqual([]);
});
