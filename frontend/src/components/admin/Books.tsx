import { useQueryClient } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { useRef } from 'react';
import { NavLink, Navigate, Route, Routes } from 'react-router';
import { useShopLocation } from '@/contexts/LocationContext';
import { DayPage } from '@/features/books/DayPage';
import { Exports } from '@/features/books/Exports';
import { Journal } from '@/features/books/Journal';
import { Taxes } from '@/features/books/Taxes';
import { Unpaid } from '@/features/books/Unpaid';
import '@/i18n/late/books';
import type { WordKey } from '@/i18n/en';
import { t } from '@/i18n/t';
import { useLive } from '@/lib/events';
import { askAgain } from '@/lib/query-client';
import { bookKeys } from '@/lib/query-keys';

const TAB = 'inline-flex h-10 shrink-0 items-center border-b-2 px-2 font-medium focus-visible:outline-offset-[-2px] pointer-coarse:h-12';
const TABS: readonly { path: string; word: WordKey }[] = [
  { path: '/books', word: 'books.tab.day' },
  { path: '/books/unpaid', word: 'books.tab.unpaid' },
  { path: '/books/taxes', word: 'books.tab.taxes' },
  { path: '/books/exports', word: 'books.tab.exports' },
  { path: '/books/journal', word: 'books.tab.journal' },
];

/** Milliseconds: on a busy day something changes every second, and sums that jump can't be read. */
const REST = 2_000;

/** The books of a location: its days, what is owed, taxes, exports and the journal. */
export function Books() {
  const { location } = useShopLocation();
  const client = useQueryClient();
  const resting = useRef(0);
  // A colleague's payment shows here too: a visit's event tells of its money.
  const renew = (): void => {
    window.clearTimeout(resting.current);
    resting.current = window.setTimeout(() => askAgain(client, bookKeys.all), REST);
  };
  useLive('appointment', renew);
  useLive('resync', renew);
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <header className="shrink-0 border-b border-line bg-surface" data-no-print>
        <div className="flex h-14 items-center gap-3 px-4 sm:px-6">
          <h1 className="text-lg font-semibold">{t('books.title')}</h1>
          <p className="truncate text-muted">{location.name}</p>
        </div>
        <nav aria-label={t('books.tabs')} className="-mb-px flex gap-2 overflow-x-auto px-2 [scrollbar-width:none] sm:px-4">
          {TABS.map(({ path, word }) => (
            <NavLink
              key={path}
              to={path}
              end
              className={({ isActive }) => clsx(TAB, isActive ? 'border-primary text-ink' : 'border-transparent text-muted hover:text-ink')}
            >
              {t(word)}
            </NavLink>
          ))}
        </nav>
      </header>
      {/* What was typed belongs to a location: another one begins anew. */}
      <div key={location.id} className="min-h-0 flex-1 overflow-y-auto bg-surface px-4 py-4 sm:px-6">
        <Routes>
          <Route index element={<DayPage />} />
          <Route path="unpaid" element={<Unpaid />} />
          <Route path="taxes" element={<Taxes />} />
          <Route path="exports" element={<Exports />} />
          <Route path="journal" element={<Journal />} />
          <Route path="*" element={<Navigate to="/books" replace />} />
        </Routes>
      </div>
    </div>
  );
}
