import { CalendarPlus, SearchX } from 'lucide-react';
import { useCallback, useEffect, useMemo } from 'react';
import { Link, useLocation } from 'react-router';
import { StatusBoard } from '@/components/admin/StatusBoard';
import { Button, buttonClasses } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorState } from '@/components/ui/ErrorState';
import { useAppointmentActions } from '@/contexts/AppointmentContext';
import { useShopLocation } from '@/contexts/LocationContext';
import { useCan } from '@/contexts/SessionContext';
import { BoardFigures } from '@/features/board/BoardFigures';
import { BoardFilterBar } from '@/features/board/BoardFilterBar';
import { BoardHeader } from '@/features/board/BoardHeader';
import { BoardSkeleton } from '@/features/board/BoardSkeleton';
import { useDensity } from '@/features/board/density';
import { daysOf, isFiltering, matches } from '@/features/board/filters';
import type { BoardQuery } from '@/features/board/queries';
import { rememberRequest } from '@/features/board/queries';
import { useBoard } from '@/features/board/useBoard';
import { useBoardFilters } from '@/features/board/useBoardFilters';
import { TextingOff } from '@/features/messages/TextingOff';
import { t } from '@/i18n/t';
import { useLiveState } from '@/lib/events';
import { useNow } from '@/lib/now';
import { smallDay } from '@/lib/promise';
import { formatTime, localDate } from '@/lib/time';

/** The board page: the day, its figures and filters, and the lanes. */
export function AdminAppointments() {
  const { location } = useShopLocation();
  const { pathname } = useLocation();
  const { create } = useAppointmentActions();
  const canCreate = useCan('appointment:edit');
  const canSeeCustomers = useCan('customer:view');
  const { filters, search, change, clear } = useBoardFilters();
  const { mode } = useLiveState();
  const { density, cardHeight, setDensity } = useDensity();
  const today = localDate(useNow(), location.timezone);
  const { from, to } = daysOf(filters, location.timezone, Date.parse(`${today}T12:00:00Z`));
  const query = useMemo((): BoardQuery => ({ locationId: location.id, from, to }), [location.id, from, to]);
  const { data: board, error, isPlaceholderData, refetch, dataUpdatedAt } = useBoard(query);
  useEffect(() => rememberRequest(search, query), [search, query]);

  // A board left open overnight shows "today" of yesterday until it asks again.
  const shownDay = board?.today;
  useEffect(() => {
    if (from === null && shownDay !== undefined && shownDay !== today) void refetch();
  }, [from, shownDay, today, refetch]);

  const hrefOf = useCallback(
    (id: string) => {
      const params = new URLSearchParams(search);
      params.set('open', id);
      params.delete('tab');
      return `${pathname}?${params.toString()}`;
    },
    [pathname, search],
  );
  const shown = useMemo(
    () => (board && isFiltering(filters) ? board.cards.filter((card) => matches(card, filters)).length : null),
    [board, filters],
  );
  const day = filters.day ?? today;
  const isDayAhead = day > today;

  return (
    <>
      <BoardHeader
        today={today}
        location={location}
        filters={filters}
        density={density}
        onChange={change}
        onDensity={setDensity}
        onNew={canCreate ? () => create() : null}
        tools={<BoardFilterBar locationId={location.id} filters={filters} onChange={change} />}
      >
        {board ? <BoardFigures board={board} filters={filters} /> : null}
      </BoardHeader>
      <TextingOff />
      {/* Offline is said once, by the shell's own bar. */}
      {board && error && mode !== 'offline' ? (
        <div role="status" className="flex items-center gap-3 bg-warning-soft px-4 py-1 text-warning">
          <p className="font-medium">{t('board.stale', { time: formatTime(dataUpdatedAt, location.timezone) })}</p>
          <Button size="sm" onClick={() => void refetch()}>
            {t('action.retry')}
          </Button>
        </div>
      ) : null}
      {!board && error ? <ErrorState error={error} onRetry={() => void refetch()} /> : null}
      {!board && !error ? <BoardSkeleton cardHeight={cardHeight} /> : null}
      {board && board.cards.length === 0 ? (
        <EmptyState
          icon={CalendarPlus}
          title={isDayAhead ? t(filters.range === 'day' ? 'board.empty.future' : 'board.empty.future.week') : t('board.empty.title', { day: smallDay(day, today) })}
          detail={t('board.empty.detail')}
          action={
            <>
              {canCreate ? (
                <Button tone="primary" onClick={() => create()}>
                  {t('board.new')}
                </Button>
              ) : null}
              {filters.range === 'day' ? <Button onClick={() => change({ range: 'week' })}>{t('board.empty.week')}</Button> : null}
            </>
          }
        />
      ) : null}
      {board && shown === 0 && board.cards.length > 0 ? (
        <EmptyState
          icon={SearchX}
          title={t('board.noMatch.title')}
          detail={t('board.noMatch.detail')}
          action={
            <>
              <Button onClick={clear}>{t('board.filter.clear')}</Button>
              {filters.text && canSeeCustomers ? (
                <Link to={`/customers?q=${encodeURIComponent(filters.text)}`} className={buttonClasses()}>
                  {t('board.noMatch.customers', { text: filters.text })}
                </Link>
              ) : null}
            </>
          }
        />
      ) : null}
      {board && board.cards.length > 0 && shown !== 0 && !isPlaceholderData ? (
        <StatusBoard board={board} query={query} filters={filters} density={density} cardHeight={cardHeight} hrefOf={hrefOf} />
      ) : null}
    </>
  );
}
