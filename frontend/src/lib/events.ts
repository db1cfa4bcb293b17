/**
 * Live changes from the server (server-sent events), with a way back when the stream breaks.
 *
 * States: `live` (the stream is open), `polling` (the stream is refused or broken but the server answers), `offline` (the
 * server does not answer; `since` says when that was noticed). Screens subscribe to events; those that poll while the stream
 * is away read `usePollInterval`. After every reconnect a `resync` is told, because events were missed.
 */
import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { LiveAppointment } from '@/types';
import { buildUrl } from '@/api';

export interface LiveEvents {
  appointment: LiveAppointment;
  /** A customer or one of their vehicles; `id` is null for a vehicle without an owner. */
  customer: { id: string | null; version?: number; vehicleId?: string; deleted?: boolean };
  resync: Record<string, never>;
}
export type LiveState = { mode: 'connecting' | 'live' | 'polling' | 'offline'; since: number };

type Handler = (data: never) => void;
const handlers = new Map<keyof LiveEvents, Set<Handler>>();
const stateListeners = new Set<() => void>();
let state: LiveState = { mode: 'connecting', since: Date.now() };

function setMode(mode: LiveState['mode']): void {
  if (state.mode === mode) return;
  state = { mode, since: Date.now() };
  for (const listener of stateListeners) listener();
}

function emit<K extends keyof LiveEvents>(name: K, data: LiveEvents[K]): void {
  for (const handler of handlers.get(name) ?? []) (handler as (data: LiveEvents[K]) => void)(data);
}

const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;
/** A server that does not answer at all is asked more often: people wait for the screen to come alive again. */
const LONGEST_OFFLINE_WAIT = 4_000;
/** The server sends a comment every 15 s, which the browser hides; a silent stream is only noticed by its socket closing. */
const HIDDEN_LIMIT = 60_000;

/** Follows one location's events until the returned function is called. */
export function connect(locationId: string): () => void {
  let source: EventSource | null = null;
  let wait = FIRST_WAIT;
  let retryTimer: number | undefined;
  let hiddenTimer: number | undefined;
  let closed = false;
  let missed = false;

  const scheduleRetry = (): void => {
    window.clearTimeout(retryTimer);
    retryTimer = window.setTimeout(open, wait * (0.75 + Math.random() / 2));
    wait = Math.min(wait * 2, state.mode === 'offline' ? LONGEST_OFFLINE_WAIT : LONGEST_WAIT);
  };

  /** The stream broke: is it only the stream, or the server? */
  const probe = async (): Promise<void> => {
    try {
      const response = await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(4_000) });
      if (!closed) setMode(response.status < 500 ? 'polling' : 'offline');
    } catch {
      if (!closed) setMode('offline');
    }
  };

  function open(): void {
    if (closed) return;
    source?.close();
    source = new EventSource(buildUrl('/api/events', { locationId }), { withCredentials: true });
    source.onopen = () => {
      wait = FIRST_WAIT;
      setMode('live');
      if (missed) emit('resync', {});
      missed = false;
    };
    source.onerror = () => {
      missed = true;
      source?.close();
      source = null;
      void probe();
      scheduleRetry();
    };
    for (const name of ['appointment', 'customer', 'resync'] as const) {
      source.addEventListener(name, (event: MessageEvent<string>) => emit(name, JSON.parse(event.data) as never));
    }
  }

  const reopen = (): void => {
    wait = FIRST_WAIT;
    window.clearTimeout(retryTimer);
    if (!source) open();
  };
  const onOffline = (): void => {
    missed = true;
    source?.close();
    source = null;
    setMode('offline');
    scheduleRetry();
  };
  // A tab nobody looks at gives its stream back: browsers allow six connections per server, for all tabs together.
  const onVisibility = (): void => {
    window.clearTimeout(hiddenTimer);
    if (document.visibilityState === 'visible') reopen();
    else {
      hiddenTimer = window.setTimeout(() => {
        missed = true;
        source?.close();
        source = null;
        window.clearTimeout(retryTimer);
      }, HIDDEN_LIMIT);
    }
  };

  window.addEventListener('online', reopen);
  window.addEventListener('offline', onOffline);
  document.addEventListener('visibilitychange', onVisibility);
  open();
  return () => {
    closed = true;
    source?.close();
    window.clearTimeout(retryTimer);
    window.clearTimeout(hiddenTimer);
    window.removeEventListener('online', reopen);
    window.removeEventListener('offline', onOffline);
    document.removeEventListener('visibilitychange', onVisibility);
  };
}

/** Calls the handler for each event of a kind while the component is mounted. */
export function useLive<K extends keyof LiveEvents>(name: K, handler: (data: LiveEvents[K]) => void): void {
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  useEffect(() => {
    const call = (data: LiveEvents[K]): void => latest.current(data);
    let set = handlers.get(name);
    if (!set) handlers.set(name, (set = new Set()));
    set.add(call as Handler);
    return () => void set.delete(call as Handler);
  }, [name]);
}

export function useLiveState(): LiveState {
  return useSyncExternalStore(
    (listener) => {
      stateListeners.add(listener);
      return () => stateListeners.delete(listener);
    },
    () => state,
  );
}

/** For a query's `refetchInterval`: how often to ask while the stream is away; false while it is live. */
export function usePollInterval(every: number): number | false {
  const { mode } = useLiveState();
  return mode === 'polling' || mode === 'offline' ? every : false;
}
