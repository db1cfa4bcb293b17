import { DatabaseZap } from 'lucide-react';
import { Suspense, lazy, useEffect, useRef } from 'react';
import { Route, Routes, useNavigate } from 'react-router';
import { Announcer } from '@/components/ui/Announcer';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorBoundary } from '@/components/ui/ErrorBoundary';
import { Toasts } from '@/components/ui/Toasts';
import { dismissAllToasts } from '@/components/ui/toast-store';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { useTitle } from '@/lib/title';
import { Home } from './Home';
import { useIdleLock } from './idle';
import { JobPage } from './JobPage';
import { useNews } from './news';
import { NoEntry } from './NoEntry';
import { useSide } from './side';
import { SignIn } from './SignIn';
import { UpdateBar } from './UpdateBar';
import { useWork } from './work';

// Not what is seen first: the worker keeps them with the page, which begins without them.
const loadInspection = () => import('./Inspection');
const Inspection = lazy(() => loadInspection().then((module) => ({ default: module.Inspection })));
const Look = lazy(() => import('./Look').then((module) => ({ default: module.Look })));
const Queue = lazy(() => import('./Queue').then((module) => ({ default: module.Queue })));

/** The technician's tablet: what is kept is shown at once, whether there is a network or not. */
export function Tablet() {
  useTitle(t('tablet.name'));
  const present = usePresent();
  const side = useSide();
  return (
    <ErrorBoundary>
      <div data-glove={side} className="flex h-dvh flex-col overflow-hidden">
        <UpdateBar />
        <Screen />
      </div>
      {/* What was said to one person is not read to the next. */}
      <Announcer key={present ?? ''} />
      <Toasts />
    </ErrorBoundary>
  );
}

/** Whose pages are shown, null while nobody's are. Whoever comes begins at Now and next, not where the one before stood. */
function usePresent(): string | null {
  const { status, connection, person } = useWork();
  const navigate = useNavigate();
  const present = status === 'in' && connection !== 'signedOut' && person ? person.id : null;
  const last = useRef<string | null>(null);
  const isSettled = status === 'in' || status === 'out';
  useEffect(() => {
    if (!isSettled) return;
    if (present === null || (last.current !== null && last.current !== present)) {
      dismissAllToasts();
      void navigate('/', { replace: true });
    }
    last.current = present;
  }, [isSettled, present, navigate]);
  return present;
}

function Screen() {
  const { status, connection } = useWork();
  // Almost everybody who comes in opens an inspection: it is there before they do.
  useEffect(() => {
    if (status === 'in') void loadInspection().catch(() => undefined);
  }, [status]);
  useNews();
  useIdleLock(status === 'in' && connection === 'online');
  if (status === 'broken') {
    return (
      <main>
        <EmptyState isPage icon={DatabaseZap} title={t('tablet.broken.title')} detail={t('tablet.broken.detail')} />
      </main>
    );
  }
  if (status === 'loading') return <Loading />;
  if (status === 'out' || connection === 'signedOut') return <SignIn />;
  if (connection === 'refused') return <NoEntry />;
  return (
    <Suspense fallback={<Loading />}>
      <Routes>
        <Route index element={<Home />} />
        <Route path="/jobs/:id" element={<JobPage />} />
        <Route path="/checks/:id/:point?" element={<Inspection />} />
        <Route path="/look/:id" element={<Look />} />
        <Route path="/queue" element={<Queue />} />
        <Route path="*" element={<Home />} />
      </Routes>
    </Suspense>
  );
}

function Loading() {
  return (
    <p role="status" className="p-6 text-lg">
      {t('tablet.loading')}
    </p>
  );
}
