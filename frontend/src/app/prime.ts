import type { QueryClient } from '@tanstack/react-query';
import { readEarly } from '@/api';
import { boardKeys, meKeys } from '@/lib/query-keys';
import { inOrder } from '@/features/board/order';
import type { Board, Me } from '@/types';

/** Longer than this, in milliseconds, a skeleton is a better first picture than none. */
const PATIENCE = 250;

/**
 * Puts the answers to the requests of public/boot.js into the cache, so that the first picture is the board itself: on a slow
 * device each skeleton drawn before it costs as much as the board.
 */
export async function prime(client: QueryClient): Promise<void> {
  let timer: number | undefined;
  const patience = new Promise<void>((done) => {
    timer = window.setTimeout(done, PATIENCE);
  });
  await Promise.race([take(client), patience]);
  window.clearTimeout(timer);
}

async function take(client: QueryClient): Promise<void> {
  const me = await readEarly<Me>('me');
  if (!me) return;
  client.setQueryData(meKeys.all, me.data);
  // Never fails: what it starts is read by `readEarly`.
  await window.__boot?.chosen?.catch(() => undefined);
  const board = await readEarly<Board>('board');
  if (!board) return;
  const query = new URL(board.url, window.location.origin).searchParams;
  const key = boardKeys.list({ locationId: query.get('locationId') ?? '', from: query.get('from'), to: query.get('to') });
  client.setQueryData(key, inOrder(board.data));
}
