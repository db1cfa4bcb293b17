import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, render, screen, waitFor } from '@testing-library/react';
import { api } from '@/api';
import { connect } from '@/lib/events';
import { meKeys } from '@/lib/query-keys';
import { meAs } from '@/testing/render-signed-in';
import { Stream } from '@/testing/streams';
import { SessionProvider, useSessionState } from './SessionContext';

function Page() {
  const state = useSessionState();
  return (
    <>
      <p>{state.status}</p>
      {state.status === 'in' && state.session.me.flags.messaging ? <p>texts</p> : null}
    </>
  );
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
afterEach(() => {
  endSession();
  vi.unstubAllGlobals();
});

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

describe('a feature that is switched off', () => {
  const off = () => Response.json({ ...meAs('Advisor'), flags: { ...meAs('Advisor').flags, messaging: false } });

  it('leaves the page as soon as the stream tells of it', async () => {
    vi.stubGlobal('EventSource', Stream);
    vi.stubGlobal('fetch', () => Promise.resolve(off()));
    const stop = connect('brooklyn');
    openPage();
    expect(screen.getByText('texts')).toBeInTheDocument();
    act(() => Stream.last.say('switch', { name: 'messaging', isOn: false }));
    await waitFor(() => expect(screen.queryByText('texts')).toBeNull());
    stop();
  });
  it('leaves it when the server refuses what it is for', async () => {
    vi.stubGlobal('fetch', (url: string) => Promise.resolve(url === '/api/me' ? off() : Response.json({ code: 'feature_off' }, { status: 403 })));
    openPage();
    await expect(api.get('/api/inbox/summary')).rejects.toMatchObject({ code: 'feature_off' });
    await waitFor(() => expect(screen.queryByText('texts')).toBeNull());
  });
});
