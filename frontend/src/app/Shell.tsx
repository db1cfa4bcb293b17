import { Suspense, lazy, useState } from 'react';
import { Outlet, useLocation, useNavigate } from 'react-router';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { ErrorBoundary } from '@/components/ui/ErrorBoundary';
import { useAppointmentActions } from '@/contexts/AppointmentContext';
import { useFlag, useSession } from '@/contexts/SessionContext';
import { UnsavedBar } from '@/features/appointments/UnsavedBar';
import { t } from '@/i18n/t';
import { useHotkeys } from '@/lib/hotkeys';
import { usePrefetch } from '@/lib/idle';
import { useTitle } from '@/lib/title';
import { Arrivals } from './Arrivals';
import { LiveBanner } from './LiveBanner';
import { Overlays } from './Overlays';
import { PAGES } from './pages';
import { Rail } from './Rail';

const loadPalette = () => import('./Palette');
const Palette = lazy(() => loadPalette().then((module) => ({ default: module.Palette })));
const ShortcutSheet = lazy(() => import('./ShortcutSheet').then((module) => ({ default: module.ShortcutSheet })));

/** The frame of every signed-in page: menu, live state, drawer, palette, shortcuts. */
export function Shell() {
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const { can, me } = useSession();
  const page = PAGES.find((one) => pathname.startsWith(one.path));
  useTitle(page ? t('title.page', { page: t(page.word), brand: me.brand.name }) : me.brand.name);
  const hasPalette = useFlag('commandPalette');
  const actions = useAppointmentActions();
  const [overlay, setOverlay] = useState<'palette' | 'keys' | null>(null);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const openPalette = (): void => {
    // What has the focus now is what one means; the palette takes it away.
    setChosenId(document.activeElement?.closest<HTMLElement>('[data-card]')?.dataset.card ?? null);
    setOverlay('palette');
  };

  usePrefetch(loadPalette);
  useHotkeys({
    ...(hasPalette ? { 'mod+k': openPalette } : {}),
    '?': () => setOverlay('keys'),
    'g b': () => void navigate('/board'),
    'g c': () => void navigate('/calendar'),
    'g u': () => void navigate('/customers'),
    ...(can('report:view') ? { 'g d': () => void navigate('/numbers') } : {}),
    ...(can('message:view') && me.flags.messaging ? { 'g m': () => void navigate('/inbox') } : {}),
    ...(can('appointment:edit') ? { c: () => actions.create() } : {}),
    '/': () => document.querySelector<HTMLElement>('[data-search]')?.focus(),
  });

  return (
    <div className="relative flex h-dvh flex-col overflow-hidden md:flex-row">
      <a
        href="#main"
        className="sr-only z-50 rounded-control bg-primary px-4 py-2 text-on-primary focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        {t('app.skip')}
      </a>
      <Rail
        onKeys={() => setOverlay('keys')}
        onPalette={hasPalette ? openPalette : null}
        onPalettePoint={() => void loadPalette()}
      />
      <div className="order-first flex min-h-0 min-w-0 flex-1 flex-col md:order-none">
        <LiveBanner />
        <UnsavedBar />
        <main id="main" tabIndex={-1} className="relative flex min-h-0 flex-1 flex-col overflow-auto outline-none">
          <ErrorBoundary resetKey={pathname}>
            <Suspense
              fallback={
                <div className="p-6">
                  <SkeletonLines label={t('app.loading')} />
                </div>
              }
            >
              <Outlet />
            </Suspense>
          </ErrorBoundary>
        </main>
      </div>
      <Overlays />
      <Arrivals />
      <Suspense fallback={null}>
        {overlay === 'palette' ? <Palette chosenId={chosenId} onClose={() => setOverlay(null)} onKeys={() => setOverlay('keys')} /> : null}
        {overlay === 'keys' ? <ShortcutSheet onClose={() => setOverlay(null)} /> : null}
      </Suspense>
    </div>
  );
}
