import { Skeleton } from '@/components/ui/Skeleton';
import { t } from '@/i18n/t';

/** Six lanes with three cards each, in their final size. */
export function BoardSkeleton({ cardHeight }: { cardHeight: number }) {
  return (
    <div role="status" aria-label={t('board.loading')} className="flex min-h-0 flex-1 gap-3 overflow-hidden p-3">
      {Array.from({ length: 6 }, (_, lane) => (
        <div key={lane} className="flex h-full min-w-[264px] flex-1 flex-col gap-2 rounded-panel bg-sunken px-2">
          <div className="flex h-9 items-end px-1">
            <Skeleton className="h-6 w-28 rounded-full" />
          </div>
          {Array.from({ length: 3 }, (_, card) => (
            <div
              key={card}
              style={{ height: cardHeight }}
              className="flex shrink-0 flex-col justify-between rounded-control border border-line bg-surface p-3"
            >
              <Skeleton className="h-4 w-3/4" />
              <Skeleton className="h-4 w-1/2" />
              <Skeleton className="h-4 w-5/6" />
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}
