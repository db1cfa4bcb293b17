import { ArrowLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { formatTime } from '@/lib/time';
import { PersonMenu } from './PersonMenu';
import { SyncPill } from './SyncPill';
import { useWork } from './work';

interface FrameProps {
  title: string;
  /** Beside the title: which car, which key. */
  note?: string | undefined;
  /** Where Back leads; the first page has none. */
  back?: string;
  children: ReactNode;
}

/** The bar above every page: where one is, whether the shop has it all, who one is. */
export function Frame({ title, note, back, children }: FrameProps) {
  const { connection, since, day } = useWork();
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <header className="flex shrink-0 items-center gap-2 border-b border-line bg-surface px-2 py-1">
        {back === undefined ? null : (
          <Link to={back} className="flex h-11 min-w-11 items-center justify-center gap-2 rounded-control px-2 font-medium hover:bg-hover">
            <ArrowLeft aria-hidden />
            <span className="max-sm:sr-only">{t('tablet.back')}</span>
          </Link>
        )}
        <div className="min-w-0 flex-1 px-1">
          <h1 className="truncate text-lg font-semibold">{title}</h1>
          {note ? <p className="truncate text-sm">{note}</p> : null}
        </div>
        <SyncPill />
        <PersonMenu />
      </header>
      {connection === 'offline' && day ? (
        <p className="shrink-0 bg-warning-soft px-3 py-1 text-sm text-warning">{t('tablet.offline.since', { time: formatTime(since, day.timezone) })}</p>
      ) : null}
      <main id="main" className="relative flex min-h-0 flex-1 flex-col overflow-y-auto overscroll-contain">
        {children}
      </main>
    </div>
  );
}
