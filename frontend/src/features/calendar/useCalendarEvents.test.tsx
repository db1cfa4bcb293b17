import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, renderHook, waitFor } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { connect } from '@/lib/events';
import { BROOKLYN } from '@/testing/render-signed-in';
import { Stream } from '@/testing/streams';
import { useCalendarEvents } from './useCalendarEvents';

let asked: string[] = [];
const server = setupServer(
  http.get('http://localhost:3000/api/appointments', ({ request }) => {
    asked.push(new URL(request.url).searchParams.get('from') ?? '');
    return HttpResponse.json({ items: [], nextCursor: null });
  }),
);
let stop: () => void;
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
beforeEach(() => {
  asked = [];
  vi.stubGlobal('EventSource', Stream);
  stop = connect(BROOKLYN.id);
});
afterEach(() => {
  stop();
  vi.unstubAllGlobals();
});
afterAll(() => server.close());

it.each([
  ['an appointment', 'appointment', { id: 'gone', locationId: BROOKLYN.id, version: 2, rev: 1, day: '2026-11-20', deleted: true }],
  ['a customer', 'customer', { id: 'c1', version: 2 }],
])('asks for the week again when changes of %s have rested', async (_words, name, data) => {
  Stream.last.say('hello');
  await new Promise((done) => setTimeout(done, 1_100));
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const { result } = renderHook(() => useCalendarEvents(BROOKLYN, 'week', '2026-11-20'), {
    wrapper: ({ children }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>,
  });
  await waitFor(() => expect(result.current.isLoading).toBe(false));
  // The week itself, then two weeks each way.
  await waitFor(() => expect(asked).toEqual(['2026-11-15', '2026-11-22', '2026-11-08', '2026-11-29', '2026-11-01']));
  asked = [];
  act(() => Stream.last.say(name, data));
  await waitFor(() => expect(asked).toEqual(['2026-11-15']));
});
