import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from '@/components/ui/Button';
import { ErrorState } from '@/components/ui/ErrorState';
import { Money } from '@/components/ui/Money';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { t } from '@/i18n/t';
import { formatPlainDay } from '@/lib/time';
import { Difference } from './Difference';
import { bookQueries } from './queries';
import { HEAD, ROW, TABLE, TD, TD_NUMBER, TH, TH_NUMBER } from './table';
import { useToday } from './useToday';

const sum = (amounts: Record<string, number>): number => Object.values(amounts).reduce((all, cents) => all + cents, 0);

/** The closed days, the newest first: what each was over or short, and why. */
export function Closes({ locationId, onDay }: { locationId: string; onDay: (day: string) => void }) {
  const today = useToday();
  const closes = useInfiniteQuery(bookQueries.closes(locationId));
  const found = closes.data?.pages.flatMap((page) => page.items) ?? [];
  const currency = closes.data?.pages[0]?.currency ?? 'USD';
  return (
    <section aria-labelledby="closes-title" data-no-print>
      <h2 id="closes-title" className="mb-1 text-base font-semibold">
        {t('closes.title')}
      </h2>
      {closes.error ? (
        <ErrorState error={closes.error} onRetry={() => void closes.refetch()} />
      ) : !closes.data ? (
        <SkeletonLines lines={4} label={t('books.loading')} />
      ) : found.length === 0 ? (
        <p className="text-muted">{t('closes.empty')}</p>
      ) : (
        <div className="overflow-x-auto">
          <table className={TABLE} aria-labelledby="closes-title">
            <thead className={HEAD}>
              <tr>
                <th scope="col" className={TH}>
                  {t('closes.column.day')}
                </th>
                <th scope="col" className={TH_NUMBER}>
                  {t('closes.column.expected')}
                </th>
                <th scope="col" className={TH}>
                  {t('closes.column.difference')}
                </th>
                <th scope="col" className={`${TH} max-sm:hidden`}>
                  {t('closes.column.by')}
                </th>
                <th scope="col" className={`${TH} max-sm:hidden`}>
                  {t('closes.column.note')}
                </th>
              </tr>
            </thead>
            <tbody>
              {found.map((close) => (
                <tr key={close.id} className={ROW}>
                  <td className={TD}>
                    <button
                      type="button"
                      className="font-medium text-primary hover:underline pointer-coarse:min-h-11"
                      onClick={() => onDay(close.day)}
                    >
                      {formatPlainDay(close.day, today)}
                    </button>
                  </td>
                  <td className={TD_NUMBER}>
                    <Money cents={sum(close.expected)} currency={currency} />
                  </td>
                  <td className={TD}>
                    <Difference cents={close.overShortCents} currency={currency} />
                  </td>
                  <td className={`${TD} max-sm:hidden`}>{close.closedBy}</td>
                  <td className={`${TD} max-w-80 text-muted max-sm:hidden`}>{close.note}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {closes.hasNextPage ? (
        <div className="mt-3">
          <Button isPending={closes.isFetchingNextPage} onClick={() => void closes.fetchNextPage()}>
            {t('closes.more')}
          </Button>
        </div>
      ) : null}
    </section>
  );
}
