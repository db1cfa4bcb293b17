import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useSession } from '@/contexts/SessionContext';
import { waitingTexts } from '@/lib/data/inbox';
import { useLive, usePollInterval } from '@/lib/events';
import { useOpenReviews } from '@/lib/open-reviews';
import { messageKeys } from '@/lib/query-keys';
import { useSettle } from '@/lib/settle';
import type { ConsentReview, MessageStatus, WaitingMessage } from '@/types';

/** What became of a job's texts that a card should say. */
export type TextFlag = 'text_failed' | 'text_review' | 'text_proposed' | 'text_held';

const FLAGGED: ReadonlySet<MessageStatus> = new Set(['held', 'proposed', 'failed', 'undelivered', 'unknown']);
const NONE: ReadonlyMap<string, TextFlag> = new Map();
let flags = NONE;
const listeners = new Set<() => void>();

function put(next: ReadonlyMap<string, TextFlag>): void {
  flags = next;
  for (const listener of listeners) listener();
}

/** By job: one that was not sent presses more than a reply to be read, that more than one that asks, and one that waits least. */
export function flagsOfTexts(
  texts: readonly Pick<WaitingMessage, 'appointmentId' | 'status'>[],
  reviews: readonly Pick<ConsentReview, 'appointmentId'>[] = [],
): ReadonlyMap<string, TextFlag> {
  const found = new Map<string, TextFlag>();
  for (const { appointmentId } of reviews) if (appointmentId) found.set(appointmentId, 'text_review');
  for (const { appointmentId, status } of texts) {
    if (!appointmentId) continue;
    if (status === 'proposed') {
      if (found.get(appointmentId) !== 'text_failed' && found.get(appointmentId) !== 'text_review') found.set(appointmentId, 'text_proposed');
    } else if (status !== 'held') found.set(appointmentId, 'text_failed');
    else if (!found.has(appointmentId)) found.set(appointmentId, 'text_held');
  }
  return found;
}

/**
 * Keeps the flags of the board's cards. They come beside the board and after it: the board's own statement stays as it is,
 * and only the cards that are concerned are drawn again.
 */
export function useTextFlags(locationId: string): void {
  const client = useQueryClient();
  const { can, me } = useSession();
  const isOn = me.flags.messaging && can('message:view');
  const poll = usePollInterval(15_000);
  const { data } = useQuery({ ...waitingTexts(locationId, null), enabled: isOn, refetchInterval: poll });
  const reviews = useOpenReviews(locationId, isOn);
  const ask = (): void => void client.invalidateQueries({ queryKey: messageKeys.waiting(locationId, 'all') });
  const settle = useSettle(ask);
  // A flurry of texts that go out one by one changes no flag.
  useLive('message', ({ status }) => (FLAGGED.has(status) ? ask() : settle()));
  useLive('resync', ask);
  const next = useMemo(() => (isOn && data ? flagsOfTexts(data, reviews) : NONE), [isOn, data, reviews]);
  useEffect(() => {
    put(next);
    return () => put(NONE);
  }, [next]);
}

export function useTextFlag(appointmentId: string): TextFlag | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => flags.get(appointmentId),
  );
}
