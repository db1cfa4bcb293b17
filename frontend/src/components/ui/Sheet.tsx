import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useId } from 'react';
import { t } from '@/i18n/t';
import { IconButton } from './IconButton';
import { Layer } from './Layer';

/** A panel that rises from the bottom: what a menu is on a touch screen. */
export function Sheet({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const id = useId();
  return (
    <Layer
      onClose={onClose}
      labelledBy={id}
      align="bottom"
      panelClassName="max-h-[88dvh] w-full max-w-xl rounded-t-panel pb-[env(safe-area-inset-bottom)] motion-safe:animate-rise"
    >
      <header className="flex items-center justify-between gap-3 py-2 pr-2 pl-5">
        <h2 id={id} className="truncate text-base font-semibold">
          {title}
        </h2>
        <IconButton icon={X} label={t('action.close')} onClick={onClose} />
      </header>
      <div className="relative min-h-0 overflow-y-auto overscroll-contain px-3 pb-4">{children}</div>
    </Layer>
  );
}
