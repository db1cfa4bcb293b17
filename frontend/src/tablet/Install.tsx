import { Download } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { bigClasses } from './big';

/** What a browser offers that can put a page beside its applications; not in the DOM's types yet. */
interface Offer extends Event {
  prompt: () => Promise<unknown>;
}
let offer: Offer | null = null;
const listeners = new Set<() => void>();
function set(next: Offer | null): void {
  offer = next;
  for (const listener of listeners) listener();
}
// The browser says it once, long before anybody looks.
window.addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  set(event as Offer);
});
window.addEventListener('appinstalled', () => set(null));

function useOffer(): Offer | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => offer,
  );
}
/** Opened from its own icon: there is nothing to install. */
const isInstalled = (): boolean => window.matchMedia('(display-mode: standalone), (display-mode: fullscreen)').matches;

/** The way to put this page among the tablet's applications, where the browser then keeps what it stores. */
export function Install() {
  const present = useOffer();
  if (isInstalled()) return null;
  return (
    <aside aria-label={t('tablet.install.title')} className="mt-auto flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line px-4 py-2 text-base">
      {present ? (
        <>
          <p className="min-w-60 flex-1">{t('tablet.install.why')}</p>
          <button
            type="button"
            className={bigClasses('plain', 'border')}
            onClick={() => {
              // It may be asked once only.
              set(null);
              void present.prompt();
            }}
          >
            <Download aria-hidden size={20} />
            {t('tablet.install')}
          </button>
        </>
      ) : (
        <details className="w-full">
          <summary className="flex min-h-11 cursor-pointer items-center gap-2.5 font-medium">
            <Download aria-hidden size={20} />
            {t('tablet.install')}
          </summary>
          <p className="pb-2">{t('tablet.install.how')}</p>
        </details>
      )}
    </aside>
  );
}
