import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { createContext, use, useCallback, useEffect, useMemo } from 'react';
import { api, readCookie, whenFeatureIsOff, whenSessionEnds } from '@/api';
import { useLive, useLiveState } from '@/lib/events';
import { meKeys } from '@/lib/query-keys';
import type { Flags, Me, Permission } from '@/types';

interface Session {
  me: Me;
  can: (permission: Permission) => boolean;
  signOut: () => Promise<void>;
}
type SessionState =
  | { status: 'loading' }
  | { status: 'out' }
  | { status: 'failed'; error: Error; retry: () => void }
  | { status: 'in'; session: Session };

const StateContext = createContext<SessionState>({ status: 'loading' });

/** Both session cookies are closed to scripts; the CSRF cookies that come with them can be seen. */
function hasSession(): boolean {
  return readCookie('csrf_access_token') !== null || readCookie('csrf_refresh_token') !== null;
}

/** While the stream is away nobody tells of a switch: the page asks by itself, as the board does. */
const ASK_EVERY = 2_000;

/** Who is signed in. The answer of `/api/me` is the only source; signing in puts its own answer there. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const isPolling = useLiveState().mode === 'polling';
  const { data, error, refetch } = useQuery({
    queryKey: meKeys.all,
    queryFn: ({ signal }) => api.get<Me>('/api/me', { signal }),
    staleTime: 5 * 60_000,
    enabled: hasSession(),
    refetchInterval: isPolling ? ASK_EVERY : false,
  });

  // The server ends the stream of somebody whose role or locations have changed; the page then asks who it is for.
  const askWhoIsHere = useCallback(() => void client.invalidateQueries({ queryKey: meKeys.all }), [client]);
  useLive('resync', askWhoIsHere);
  // What is switched off leaves every open page at once.
  useLive('switch', askWhoIsHere);
  useEffect(() => {
    whenFeatureIsOff(askWhoIsHere);
    return () => whenFeatureIsOff(null);
  }, [askWhoIsHere]);

  const forget = useCallback(() => {
    // Another person may sit down next: nothing of this session stays in memory.
    client.removeQueries({ predicate: (query) => query.queryKey[0] !== meKeys.all[0] });
    void client.resetQueries({ queryKey: meKeys.all });
  }, [client]);

  useEffect(() => {
    whenSessionEnds(() => {
      if (client.getQueryData(meKeys.all)) forget();
    });
    return () => whenSessionEnds(null);
  }, [client, forget]);

  // A page that Back brings out of the browser's memory, or that one returns to, may be of somebody who has signed out in
  // another window since.
  useEffect(() => {
    const look = (): void => {
      if (!hasSession() && client.getQueryData(meKeys.all)) forget();
    };
    window.addEventListener('pageshow', look);
    window.addEventListener('focus', look);
    document.addEventListener('visibilitychange', look);
    return () => {
      window.removeEventListener('pageshow', look);
      window.removeEventListener('focus', look);
      document.removeEventListener('visibilitychange', look);
    };
  }, [client, forget]);

  const signOut = useCallback(async () => {
    await api.post('/api/auth/logout');
    forget();
  }, [forget]);

  const state = useMemo((): SessionState => {
    if (data) {
      const permissions = new Set(data.permissions);
      return { status: 'in', session: { me: data, can: (permission) => permissions.has(permission), signOut } };
    }
    // Without its cookies there is no session, whatever else went wrong.
    if (!hasSession()) return { status: 'out' };
    if (!error) return { status: 'loading' };
    const status = 'status' in error ? error.status : null;
    if (status === 401) return { status: 'out' };
    return { status: 'failed', error, retry: () => void refetch() };
  }, [data, error, refetch, signOut]);

  return <StateContext value={state}>{children}</StateContext>;
}

export function useSessionState(): SessionState {
  return use(StateContext);
}

/** The session of a signed-in person; only below the shell. */
export function useSession(): Session {
  const state = use(StateContext);
  if (state.status !== 'in') throw new Error('useSession outside a signed-in page');
  return state.session;
}

/** Whether the signed-in person may do it: `useCan('appointment:edit')`. The server judges again. */
export function useCan(permission: Permission): boolean {
  return useSession().can(permission);
}

/** What a visit shows the signed-in person who opens it: the job, its money alone (to who keeps the books), or nothing. */
export function useVisitAccess(): 'job' | 'money' | null {
  const { can, me } = useSession();
  if (can('appointment:view')) return 'job';
  return can('money:view') && me.flags.payments ? 'money' : null;
}

export function useFlag(flag: keyof Flags): boolean {
  return useSession().me.flags[flag];
}
