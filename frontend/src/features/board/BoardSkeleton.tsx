import { Skeleton } from '@/components/ui/Skeleton';
import { t } from '@/i18n/t';
import { useMedia } from '@/lib/media';
import { STATUSES } from '@/lib/status';
import { CARD_GAP } from './density';
import { SIDE, WIDE } from './side-lanes';

/** The lanes and rails of the board with three cards each, in their final places and sizes. */
export function BoardSkeleton({ cardHeight }: { cardHeight: number }) {
  const isWide = useMedia(WIDE);
  return (
    <div role="status" aria-label={t('board.loading')} className="flex min-h-0 flex-1 gap-3 overflow-hidden p-3">
      {STATUSES.map((status) =>
        SIDE.includes(status) && !isWide ? (
          <div key={status} data-rail className="flex h-full w-11 shrink-0 flex-col items-center rounded-panel bg-sunken py-3">
            <Skeleton className="size-6 rounded-full" />
          </div>
        ) : (
          <div
            key={status}
            data-lane
            className="flex h-full w-[272px] min-w-[264px] flex-1 flex-col rounded-panel bg-sunken px-2 pointer-coarse:min-w-[288px]"
          >
            <div className="flex h-11 shrink-0 items-center px-1">
              <Skeleton className="h-6 w-28 rounded-full" />
            </div>
            {Array.from({ length: 3 }, (_, card) => (
              <div
                key={card}
                style={{ height: cardHeight, marginTop: card === 0 ? 2 : CARD_GAP }}
                className="flex shrink-0 flex-col justify-between rounded-control border border-line bg-surface p-3"
              >
                <Skeleton className="h-4 w-3/4" />
                <Skeleton className="h-4 w-1/2" />
                <Skeleton className="h-4 w-5/6" />
              </div>
            ))}
          </div>
        ),
      )}
    </div>
  );
}
