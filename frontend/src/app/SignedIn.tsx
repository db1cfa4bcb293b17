import type { ReactNode } from 'react';
import { Navigate, useLocation } from 'react-router';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorState } from '@/components/ui/ErrorState';
import { AppointmentProvider } from '@/contexts/AppointmentContext';
import { LocationProvider } from '@/contexts/LocationContext';
import { useSessionState } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import { ShellSkeleton } from './ShellSkeleton';

/** Lets signed-in people through with their shop chosen; sends the others to the sign-in page and back afterwards. */
export function SignedIn({ children }: { children: ReactNode }) {
  const state = useSessionState();
  const { pathname, search } = useLocation();
  if (state.status === 'loading') return <ShellSkeleton />;
  if (state.status === 'failed') return <ErrorState error={state.error} onRetry={state.retry} />;
  if (state.status === 'out') {
    const next = pathname === '/' ? '' : `?next=${encodeURIComponent(pathname + search)}`;
    return <Navigate to={`/login${next}`} replace />;
  }
  return (
    <LocationProvider fallback={<EmptyState title={t('page.noPages')} />}>
      <AppointmentProvider>{children}</AppointmentProvider>
    </LocationProvider>
  );
}
