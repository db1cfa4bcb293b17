import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, render, screen } from '@testing-library/react';
import { meAs } from '@/testing/render-signed-in';
import { meKeys } from '@/lib/query-keys';
import { SessionProvider, useSessionState } from './SessionContext';

function Page() {
  return <p>{useSessionState().status}</p>;
}

function openPage(): QueryClient {
  document.cookie = 'csrf_access_token=one';
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(meKeys.all, meAs('Advisor'));
  client.setQueryData(['board', 'list'], 'cards');
  render(
    <QueryClientProvider client={client}>
      <SessionProvider>
        <Page />
      </SessionProvider>
    </QueryClientProvider>,
  );
  return client;
}
function endSession(): void {
  document.cookie = 'csrf_access_token=; expires=Thu, 01 Jan 1970 00:00:00 GMT';
}
afterEach(endSession);

it.each([
  ['Back brings the page out of memory', () => window.dispatchEvent(new Event('pageshow'))],
  ['one returns to the window', () => window.dispatchEvent(new Event('focus'))],
  ['the page is seen again', () => document.dispatchEvent(new Event('visibilitychange'))],
])('forgets everything of a session that has ended elsewhere when %s', async (_words, come) => {
  const client = openPage();
  act(() => void come());
  expect(screen.getByText('in')).toBeInTheDocument();
  expect(client.getQueryData(['board', 'list'])).toBe('cards');
  endSession();
  act(() => void come());
  expect(await screen.findByText('out')).toBeInTheDocument();
  expect(client.getQueryData(['board', 'list'])).toBeUndefined();
});
