import { ArrowLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { useEffect, useRef } from 'react';
import { Link, useLocation } from 'react-router';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { PersonMenu } from './PersonMenu';
import { SyncPill } from './SyncPill';

interface FrameProps {
  title: string;
  /** Beside the title: which car, which key. */
  note?: string | undefined;
  /** Where Back leads; the first page has none. */
  back?: string;
  children: ReactNode;
}

/** How a page was come to; what is opened first keeps the browser's own place. */
let shownPath: string | null = null;

/** Another page than those with a bar is shown: whoever comes from it begins at a heading. True where one was shown before. */
export function leaveFrames(): boolean {
  const isLeft = shownPath !== null;
  shownPath = '';
  return isLeft;
}

/**
 * The bar above every page: where one is, whether the shop has it all, who one is. It is as high with a network as without:
 * nothing moves under a thumb when the Wi-Fi comes and goes.
 */
export function Frame({ title, note, back, children }: FrameProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { pathname } = useLocation();
  // From one page to the next the keyboard begins at its heading; points of one inspection have headings of their own.
  const page = pathname.split('/').slice(0, 3).join('/');
  useEffect(() => {
    if (shownPath !== null && shownPath !== page) heading.current?.focus({ preventScroll: true });
    shownPath = page;
  }, [page]);
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      {/* Held like a phone it has two lines: no state is cut, nor is the title. */}
      <header className="flex shrink-0 items-center gap-2 border-b border-line bg-surface px-2 py-1 max-sm:flex-wrap max-sm:justify-end max-sm:gap-x-1">
        {back === undefined ? null : (
          <Link to={back} className="flex h-11 min-w-11 items-center justify-center gap-2 rounded-control px-2 font-medium hover:bg-hover max-sm:mr-auto">
            <ArrowLeft aria-hidden />
            <span className="max-sm:sr-only">{t('tablet.back')}</span>
          </Link>
        )}
        <div className="min-w-0 flex-1 px-1 max-sm:order-last max-sm:basis-full">
          <h1 ref={heading} tabIndex={-1} className="truncate text-lg font-semibold">
            {title}
          </h1>
          {note ? <p className="truncate text-sm">{note}</p> : null}
        </div>
        <SyncPill />
        <PersonMenu />
      </header>
      <main id="main" className="relative flex min-h-0 flex-1 flex-col overflow-y-auto overscroll-contain">
        {children}
      </main>
    </div>
  );
}
