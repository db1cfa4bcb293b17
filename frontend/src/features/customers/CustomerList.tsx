import { useInfiniteQuery } from '@tanstack/react-query';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { SearchX, Users } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { Button } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorState } from '@/components/ui/ErrorState';
import { Skeleton } from '@/components/ui/Skeleton';
import { useShopLocation } from '@/contexts/LocationContext';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { useFocusKeeper } from '@/lib/focus-keeper';
import { useNow } from '@/lib/now';
import { CustomerRow } from './CustomerRow';
import { customerQueries } from './queries';
import { SearchBox } from './SearchBox';
import { useSearchText } from './useSearchText';

const ROW_HEIGHT = 64;

/** The search, and everyone it finds; without a text everyone by name. */
export function CustomerList({ openId, onNew }: { openId: string | null; onNew: (() => void) | null }) {
  const { text, rested, type } = useSearchText();
  const { location } = useShopLocation();
  const now = useNow();
  const navigate = useNavigate();
  const found = useInfiniteQuery(customerQueries.list(rested));
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = found;
  const customers = useMemo(() => found.data?.pages.flatMap((page) => page.items) ?? [], [found.data]);
  const isSettled = found.isSuccess && !found.isPlaceholderData;

  const field = useRef<HTMLInputElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const [stop, setStop] = useState(0);
  const [wantsFocus, setWantsFocus] = useState(false);
  const at = Math.min(stop, customers.length - 1);
  const rows = useVirtualizer({
    count: customers.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    // The row that has the focus stays while others scroll by, else the keyboard would lose its place.
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range);
      return at < 0 || shown.includes(at) ? shown : [...shown, at].sort((a, b) => a - b);
    },
  });
  const visible = rows.getVirtualItems();
  const last = rows.range?.endIndex ?? 0;

  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= customers.length - 20) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, last, customers.length]);

  const count = found.data?.pages[0]?.items.length ?? 0;
  const words = t(found.data?.pages[0]?.nextCursor ? 'customers.foundMore' : 'customers.found', { count });
  useEffect(() => {
    if (isSettled && rested) announce(words);
  }, [isSettled, rested, words]);

  // The row may only come into being by scrolling; it takes the focus once it is there.
  useEffect(() => {
    if (!wantsFocus) return;
    const id = customers[at]?.id;
    const row = id ? scroller.current?.querySelector<HTMLElement>(`[data-customer="${id}"]`) : null;
    if (!row) return;
    row.focus({ preventScroll: true });
    setWantsFocus(false);
  }, [wantsFocus, customers, at, visible]);

  // Back from a customer: the keyboard goes on at the row that was opened.
  const opened = useRef(openId);
  useEffect(() => {
    const left = opened.current;
    opened.current = openId;
    if (!left || openId || (document.activeElement && document.activeElement !== document.body)) return;
    const row = scroller.current?.querySelector<HTMLElement>(`[data-customer="${left}"]`);
    (row ?? field.current)?.focus({ preventScroll: true });
  }, [openId]);
  useFocusKeeper(scroller, () => field.current);

  // Enter may come faster than the answer: then the first match opens when it is there.
  const [openFor, setOpenFor] = useState<string | null>(null);
  const first = isSettled ? customers[0] : undefined;
  useEffect(() => {
    if (openFor === null || openFor !== rested || !isSettled) return;
    setOpenFor(null);
    if (first) void navigate({ pathname: `/customers/${first.id}`, search: rested ? `?q=${encodeURIComponent(rested)}` : '' });
  }, [openFor, rested, isSettled, first, navigate]);

  const goTo = (index: number): void => {
    const target = Math.max(0, Math.min(customers.length - 1, index));
    setStop(target);
    rows.scrollToIndex(target);
    setWantsFocus(true);
  };
  const onSearchKey = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === 'ArrowDown' && customers.length > 0) goTo(0);
    else if (event.key === 'Enter' && text.trim()) setOpenFor(text.trim());
    else if (event.key === 'Escape' && text) type('');
    else return;
    event.preventDefault();
  };
  const onListKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'ArrowDown') goTo(at + 1);
    else if (event.key === 'ArrowUp' && at === 0) field.current?.focus();
    else if (event.key === 'ArrowUp') goTo(at - 1);
    else if (event.key === 'PageDown') goTo(at + 8);
    else if (event.key === 'PageUp') goTo(at - 8);
    else if (event.key === 'Home') goTo(0);
    else if (event.key === 'End') goTo(customers.length - 1);
    else return;
    event.preventDefault();
  };

  const list = (
    // The arrow keys only add to Tab and Enter on the links inside.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <ul
      role="list"
      aria-label={t('customers.list')}
      aria-busy={!isSettled}
      className="relative"
      style={{ height: rows.getTotalSize() }}
      onKeyDown={onListKey}
    >
      {visible.map((row) => {
        const customer = customers[row.index];
        return customer ? (
          <li key={customer.id} className="absolute inset-x-0 top-0 h-16" style={{ transform: `translateY(${row.start}px)` }}>
            <CustomerRow
              customer={customer}
              q={rested}
              zone={location.timezone}
              now={now}
              isOpen={customer.id === openId}
              isStop={row.index === Math.max(at, 0)}
              onFocus={() => setStop(row.index)}
            />
          </li>
        ) : null;
      })}
    </ul>
  );

  return (
    <div className="flex min-h-0 flex-1 flex-col bg-surface">
      <SearchBox
        ref={field}
        text={text}
        onType={(value) => {
          type(value);
          setOpenFor(null);
          setStop(0);
          scroller.current?.scrollTo({ top: 0 });
        }}
        onKeyDown={onSearchKey}
      />
      {found.isError && found.data ? (
        <div role="alert" className="flex items-center justify-between gap-3 bg-warning-soft px-4 py-1.5 text-warning @2xl:px-6">
          {t('customers.stale')}
          <Button size="sm" onClick={() => void found.refetch()}>
            {t('action.retry')}
          </Button>
        </div>
      ) : null}
      <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
        {found.isPending ? (
          <ListSkeleton />
        ) : !found.data ? (
          <ErrorState error={found.error} onRetry={() => void found.refetch()} />
        ) : customers.length > 0 ? (
          list
        ) : rested ? (
          <EmptyState
            icon={SearchX}
            title={t('customers.none.title', { q: rested })}
            detail={t('customers.none.detail')}
            action={onNew ? <Button onClick={onNew}>{t('customers.new')}</Button> : null}
          />
        ) : (
          <EmptyState
            icon={Users}
            title={t('customers.empty.title')}
            detail={t('customers.empty.detail')}
            action={
              onNew ? (
                <Button tone="primary" onClick={onNew}>
                  {t('customers.new')}
                </Button>
              ) : null
            }
          />
        )}
        {isFetchingNextPage ? <p className="px-6 py-3 text-muted">{t('customers.more')}</p> : null}
      </div>
    </div>
  );
}

function ListSkeleton() {
  return (
    <div role="status" aria-label={t('customers.loading')}>
      {Array.from({ length: 10 }, (_, index) => (
        <div key={index} className="flex h-16 flex-col justify-center gap-2 border-b border-line px-4 @2xl:px-6">
          <Skeleton className="h-4 w-2/5" />
          <Skeleton className="h-3 w-3/5" />
        </div>
      ))}
    </div>
  );
}
