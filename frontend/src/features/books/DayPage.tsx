import { useQuery } from '@tanstack/react-query';
import { ChevronLeft, ChevronRight, Lock, LockOpen, Printer } from 'lucide-react';
import { Badge } from '@/components/ui/Badge';
import { buttonClasses } from '@/components/ui/Button';
import { ErrorState } from '@/components/ui/ErrorState';
import { IconButton } from '@/components/ui/IconButton';
import { Input } from '@/components/ui/Input';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { useShopLocation } from '@/contexts/LocationContext';
import { t } from '@/i18n/t';
import { addDays, formatWhen, formatDay, formatLongDay, isDate } from '@/lib/time';
import { useUrlState } from '@/lib/url-state';
import type { BooksDay } from '@/types';
import { Closes } from './Closes';
import { DayCount } from './DayCount';
import { bookQueries } from './queries';
import { useToday } from './useToday';

/** A day of the location: counted against what should be there, and closed. */
export function DayPage() {
  const { location } = useShopLocation();
  const { params, set } = useUrlState();
  const today = useToday();
  const asked = params.get('day');
  const day = isDate(asked) && asked <= today ? asked : today;
  const figures = useQuery(bookQueries.day(location.id, day));
  const go = (to: string): void => set({ day: to === today ? null : to });

  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-6">
      <section aria-label={t('books.tab.day')} className="flex flex-col gap-4">
        <div className="flex flex-wrap items-center gap-2">
          <IconButton label={t('day.previous')} icon={ChevronLeft} onClick={() => go(addDays(day, -1))} />
          <Input
            type="date"
            aria-label={t('day.pick')}
            className="w-40!"
            value={day}
            max={today}
            onChange={(event) => isDate(event.target.value) && go(event.target.value)}
          />
          <IconButton label={t('day.next')} icon={ChevronRight} disabled={day >= today} onClick={() => go(addDays(day, 1))} />
          <h2 className="text-base font-semibold">{formatLongDay(day)}</h2>
          {figures.data ? (
            <Badge tone={figures.data.isClosed ? 'success' : 'neutral'} icon={figures.data.isClosed ? Lock : LockOpen}>
              {t(figures.data.isClosed ? 'day.closed' : 'day.open')}
            </Badge>
          ) : null}
          <a
            href={`/api/books/days/${day}/sheet.pdf?locationId=${location.id}`}
            target="_blank"
            rel="noreferrer"
            className={`${buttonClasses('ghost')} ml-auto`}
          >
            <Printer size={16} aria-hidden />
            {t('day.sheet')}
          </a>
        </div>
        {figures.data ? (
          <>
            <ClosedBy figures={figures.data} zone={location.timezone} />
            {/* What was typed is of one day as it was then; a close shows it anew. */}
            <DayCount key={`${location.id} ${day} ${figures.data.isClosed}`} locationId={location.id} zone={location.timezone} figures={figures.data} onDay={go} />
          </>
        ) : figures.error ? (
          <ErrorState error={figures.error} onRetry={() => void figures.refetch()} />
        ) : (
          <SkeletonLines lines={7} label={t('books.loading')} />
        )}
      </section>
      <Closes locationId={location.id} onDay={go} />
    </div>
  );
}

function ClosedBy({ figures, zone }: { figures: BooksDay; zone: string }) {
  const { close, day } = figures;
  if (!close) return null;
  const facts = { name: close.closedBy, when: formatWhen(close.closedAt, zone) };
  return (
    <p className="text-muted">
      {close.day === day ? t('day.closedBy', facts) : t('day.closedWith', { ...facts, day: formatDay(close.day) })}
      {close.note ? <span className="block text-ink">“{close.note}”</span> : null}
    </p>
  );
}
