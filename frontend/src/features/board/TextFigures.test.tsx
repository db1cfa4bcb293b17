import { cleanup, screen } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { renderSignedIn } from '@/testing/render-signed-in';
import type { InboxSummary } from '@/types';
import { TextFigures } from './TextFigures';

const nothing: InboxSummary = { open: 0, mine: 0, unassigned: 0, unread: 0, oldestSince: null, reviews: 0, failed: 0, proposed: 0, held: 0, nextRelease: null };
let summary: InboxSummary;
const server = setupServer(http.get('http://localhost:3000/api/inbox/summary', () => HttpResponse.json(summary)));
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(cleanup);
afterAll(() => server.close());

it('counts unread and held texts apart, each with its way', async () => {
  summary = { ...nothing, unread: 1, held: 3, nextRelease: '2026-11-21T13:00:00Z' };
  renderSignedIn(<TextFigures locationId="brooklyn" zone="America/New_York" />, { also: ['message:view'] });
  const held = await screen.findByRole('link', { name: '3 held texts' });
  expect(held).toHaveAttribute('href', '/inbox/desk?kind=held');
  expect(held.title.replace(/\s/g, ' ')).toBe('The first goes out at 8:00 AM');
  expect(screen.getByRole('link', { name: '1 unread text' })).toHaveAttribute('href', '/inbox');
});
