/**
 * Live changes from the server (server-sent events), with a way back when the stream breaks.
 *
 * States: `connecting` (not open yet), `live` (the server has greeted and is heard), `polling` (the stream is refused, silent
 * or broken but the server answers), `offline` (the server does not answer; `since` says when that was noticed). Screens
 * subscribe to events; those that poll while the stream is away read `usePollInterval`. After every opening a `resync` is
 * told, because events were missed before it.
 */
import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { LiveAppointment, LiveConversation, LiveMessage, Switch } from '@/types';
import { buildUrl } from '@/api';

export interface LiveEvents {
  appointment: LiveAppointment;
  /** A customer or one of their vehicles; `id` is null for a vehicle without an owner. */
  customer: { id: string | null; version?: number; vehicleId?: string; deleted?: boolean };
  /** A text came, went, or got another state. */
  message: LiveMessage;
  /** A conversation of the inbox: its owner, state, unread texts, and who is answering. */
  conversation: LiveConversation;
  /** The work of a visit: its jobs and lines, decisions, questions. */
  services: { id: string };
  /** Something that the person waited for is here; nobody else hears of it. */
  work: { id: string; number: number; arrived: ('needsPart' | 'needsApproval')[]; by: string };
  /** The inspections of a visit: points, who holds one, what its car needs, whether the report was opened. */
  inspections: { id: string };
  /** Something else that a location's numbers are made of: who works there, its settings, its inspection templates. */
  figures: Record<string, never>;
  /** The Owner has switched a feature on or off. */
  switch: { name: Switch['name']; isOn: boolean };
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
/** The server greets at once; a proxy that holds the greeting back would hold the changes back as well. */
const HELLO_LIMIT = 5_000;
/** The server sends a ping every 15 s; a connection that died without a word is noticed by their absence. */
const SILENCE_LIMIT = 40_000;
const HIDDEN_LIMIT = 60_000;
/** The screen's first requests may have been answered before the stream was open: they are asked again once they are done. */
const FIRST_RESYNC = 1_000;

/** Follows one location's events until the returned function is called. */
export function connect(locationId: string): () => void {
  let source: EventSource | null = null;
  let wait = FIRST_WAIT;
  let retryTimer: number | undefined;
  let hiddenTimer: number | undefined;
  let watchdog: number | undefined;
  let resyncTimer: number | undefined;
  let closed = false;
  let isFirst = true;
  /** Counts openings and greetings: a probe that answers after one of them has nothing to say any more. */
  let turn = 0;

  const scheduleRetry = (): void => {
    window.clearTimeout(retryTimer);
    retryTimer = window.setTimeout(open, wait * (0.75 + Math.random() / 2));
    wait = Math.min(wait * 2, state.mode === 'offline' ? LONGEST_OFFLINE_WAIT : LONGEST_WAIT);
  };

  const drop = (): void => {
    window.clearTimeout(watchdog);
    source?.close();
    source = null;
  };

  /** The stream broke: is it only the stream, or the server? */
  const probe = async (): Promise<void> => {
    const mine = turn;
    let mode: LiveState['mode'] = 'offline';
    try {
      const response = await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(4_000) });
      if (response.status < 500) mode = 'polling';
    } catch {
      // No answer: offline.
    }
    if (!closed && mine === turn) setMode(mode);
  };

  const lose = (): void => {
    drop();
    void probe();
    scheduleRetry();
  };

  const watch = (limit: number): void => {
    window.clearTimeout(watchdog);
    watchdog = window.setTimeout(lose, limit);
  };

  /** The stream stands. What happened before is not told by it, so everything is asked again; that is cheap when nothing did. */
  const greet = (): void => {
    turn += 1;
    wait = FIRST_WAIT;
    setMode('live');
    window.clearTimeout(resyncTimer);
    if (isFirst) resyncTimer = window.setTimeout(() => emit('resync', {}), FIRST_RESYNC);
    else emit('resync', {});
    isFirst = false;
  };

  function open(): void {
    if (closed) return;
    drop();
    source = new EventSource(buildUrl('/api/events', { locationId }), { withCredentials: true });
    source.onerror = lose;
    watch(HELLO_LIMIT);
    source.addEventListener('hello', () => {
      watch(SILENCE_LIMIT);
      greet();
    });
    source.addEventListener('ping', () => watch(SILENCE_LIMIT));
    for (const name of ['appointment', 'customer', 'message', 'conversation', 'services', 'inspections', 'figures', 'work', 'switch', 'resync'] as const) {
      source.addEventListener(name, (event: MessageEvent<string>) => {
        watch(SILENCE_LIMIT);
        emit(name, JSON.parse(event.data) as never);
      });
    }
  }

  const reopen = (): void => {
    wait = FIRST_WAIT;
    window.clearTimeout(retryTimer);
    if (!source) open();
  };
  const onOffline = (): void => {
    drop();
    setMode('offline');
    scheduleRetry();
  };
  // A tab nobody looks at gives its stream back: browsers allow six connections per server, for all tabs together.
  const onVisibility = (): void => {
    window.clearTimeout(hiddenTimer);
    if (document.visibilityState === 'visible') reopen();
    else {
      hiddenTimer = window.setTimeout(() => {
        drop();
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
    drop();
    window.clearTimeout(resyncTimer);
    window.clearTimeout(retryTimer);
    window.clearTimeout(hiddenTimer);
    window.removeEventListener('online', reopen);
    window.removeEventListener('offline', onOffline);
    document.removeEventListener('visibilitychange', onVisibility);
  };
}

function listen<K extends keyof LiveEvents>(name: K, handler: (data: LiveEvents[K]) => void): () => void {
  const call = handler as Handler;
  let set = handlers.get(name);
  if (!set) handlers.set(name, (set = new Set()));
  set.add(call);
  return () => void set.delete(call);
}

/** An answer with the events that were told while it was on its way: it may have been given before they happened. */
export async function withMissed<K extends keyof LiveEvents, T>(
  name: K,
  ask: () => Promise<T>,
  apply: (answer: T, event: LiveEvents[K]) => T,
): Promise<T> {
  const missed: LiveEvents[K][] = [];
  const stop = listen(name, (event) => missed.push(event));
  try {
    return missed.reduce(apply, await ask());
  } finally {
    stop();
  }
}

/** Calls the handler for each event of a kind while the component is mounted. */
export function useLive<K extends keyof LiveEvents>(name: K, handler: (data: LiveEvents[K]) => void): void {
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  useEffect(() => listen(name, (data) => latest.current(data)), [name]);
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

/** For a query's `refetchInterval`: how often to ask while the stream is not (yet) open; false while it is live. */
export function usePollInterval(every: number): number | false {
  return useLiveState().mode === 'live' ? false : every;
}
