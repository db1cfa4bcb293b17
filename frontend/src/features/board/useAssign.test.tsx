import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, renderHook, waitFor } from '@testing-library/react';
import { HttpResponse, delay, http } from 'msw';
import { setupServer } from 'msw/node';
import { boardKeys } from '@/lib/query-keys';
import { makeBoard, makeCard } from '@/testing/boards';
import type { Board, BoardCard } from '@/types';
import { findCard } from './order';
import { useAssign } from './useAssign';
import { applyLive } from './apply-live';

const QUERY = { locationId: 'l1', from: null, to: null };
const KEY = boardKeys.list(QUERY);
const mei = { id: 'mei', name: 'Mei Lin' };
let answer: () => Response;
const server = setupServer(
  http.patch('http://localhost:3000/api/appointments/a1', async () => {
    await delay(50);
    return answer();
  }),
);
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterAll(() => server.close());

async function assignWhile(change: (card: BoardCard) => BoardCard): Promise<BoardCard | undefined> {
  const client = new QueryClient({ defaultOptions: { mutations: { retry: false } } });
  const card = makeCard({ id: 'a1', version: 4 });
  client.setQueryData(KEY, makeBoard([card]));
  const { result } = renderHook(() => useAssign(QUERY), {
    wrapper: ({ children }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>,
  });
  const read = () => findCard(client.getQueryData<Board>(KEY), 'a1');
  act(() => result.current.assign(card, mei));
  await waitFor(() => expect(read()?.techName).toBe('Mei Lin'));
  client.setQueryData<Board>(KEY, (board) => {
    const next = change(read()!);
    return board && applyLive(board, { id: 'a1', locationId: 'l1', version: next.version, rev: 9, day: next.day, card: next });
  });
  await waitFor(() => expect(result.current.isPending).toBe(false));
  return read();
}

describe('a job given to a technician while somebody else moves it', () => {
  it('keeps its new place', async () => {
    answer = () => HttpResponse.json({ techId: 'mei', techName: 'Mei Lin', version: 6 });
    const card = await assignWhile((shown) => ({ ...shown, status: 'READY', version: 5 }));
    expect(card).toMatchObject({ status: 'READY', techName: 'Mei Lin', version: 6 });
  });
  it('keeps it when it was refused, too', async () => {
    answer = () => HttpResponse.json({ status: 403, code: 'forbidden' }, { status: 403 });
    const card = await assignWhile((shown) => ({ ...shown, status: 'READY', techId: null, techName: null, version: 5 }));
    expect(card).toMatchObject({ status: 'READY', techId: null, version: 5 });
  });
});
