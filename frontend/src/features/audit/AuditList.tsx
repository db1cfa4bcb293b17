import { useInfiniteQuery } from '@tanstack/react-query';
import { ScrollText, SearchX } from 'lucide-react';
import { useEffect } from 'react';
import { Button } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorState } from '@/components/ui/ErrorState';
import { SkeletonLines } from '@/components/ui/Skeleton';
import '@/i18n/late/audit';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { useNow } from '@/lib/now';
import { formatRelativeDay, localDate } from '@/lib/time';
import type { ShopLocation } from '@/types';
import { AuditRow } from './AuditRow';
import type { AuditFilter } from './queries';
import { auditQueries } from './queries';
import type { FieldWording } from './row-words';

interface AuditListProps {
  filter: AuditFilter;
  zone: string;
  locations: readonly ShopLocation[];
  wording: FieldWording;
  onChange: (changes: Partial<AuditFilter>) => void;
  onClear: () => void;
}

/** What happened, newest first, by day; older rows on demand. */
export function AuditList({ filter, zone, locations, wording, onChange, onClear }: AuditListProps) {
  const list = useInfiniteQuery(auditQueries.list(filter));
  const today = localDate(useNow(), zone);
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const isNarrow = Object.values(filter).some((value) => value !== null);
  const count = rows.length;
  const isSettled = list.isSuccess && !list.isPlaceholderData;
  useEffect(() => {
    if (isSettled && isNarrow) announce(t('audit.count', { count }));
  }, [isSettled, isNarrow, count]);

  if (list.isPending) {
    return (
      <div className="px-4 py-4 sm:px-6">
        <SkeletonLines lines={12} label={t('audit.loading')} />
      </div>
    );
  }
  if (!list.data) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  if (rows.length === 0) {
    return isNarrow ? (
      <EmptyState icon={SearchX} title={t('audit.noMatch.title')} detail={t('audit.noMatch.detail')} action={<Button onClick={onClear}>{t('action.clear')}</Button>} />
    ) : (
      <EmptyState icon={ScrollText} title={t('audit.empty.title')} detail={t('audit.empty.detail')} />
    );
  }
  const days = [...new Set(rows.map((row) => localDate(row.at, zone)))];
  const placeOf = (id: string | null): string | null => (locations.length > 1 && id ? (locations.find((one) => one.id === id)?.name ?? null) : null);
  return (
    <div aria-busy={list.isPlaceholderData || undefined} className={list.isPlaceholderData ? 'opacity-60' : undefined}>
      {days.map((day) => (
        <section key={day}>
          <h2 className="sticky top-0 z-10 border-t border-line bg-sunken px-4 py-1.5 text-xs font-semibold text-muted sm:px-6">{formatRelativeDay(day, today)}</h2>
          <ol role="list">
            {rows
              .filter((row) => localDate(row.at, zone) === day)
              .map((row) => (
                <AuditRow
                  key={row.id}
                  row={row}
                  zone={zone}
                  place={placeOf(row.locationId)}
                  wording={wording}
                  onFollow={filter.entityId === row.entityId ? null : () => onChange({ entity: row.entity, entityId: row.entityId })}
                />
              ))}
          </ol>
        </section>
      ))}
      {list.hasNextPage ? (
        <div className="border-t border-line p-3 text-center">
          <Button tone="ghost" isPending={list.isFetchingNextPage} pendingLabel={t('app.loading')} onClick={() => void list.fetchNextPage()}>
            {t('audit.older')}
          </Button>
        </div>
      ) : (
        <p className="border-t border-line px-4 py-3 text-xs text-muted sm:px-6">{t('audit.end')}</p>
      )}
    </div>
  );
}
