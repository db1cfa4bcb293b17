import { Skeleton } from '@/components/ui/Skeleton';
import { t } from '@/i18n/t';

/** The frame of the page in its final size, while the session is being asked for. */
export function ShellSkeleton() {
  return (
    <div role="status" aria-label={t('app.loading')} className="flex h-dvh">
      <div className="hidden w-14 shrink-0 flex-col items-center gap-4 border-r border-line bg-surface py-3 md:flex">
        <Skeleton className="size-8 rounded-control" />
        <Skeleton className="size-6" />
        <Skeleton className="size-6" />
        <Skeleton className="size-6" />
      </div>
      <div className="flex min-w-0 flex-1 flex-col">
        <div className="flex h-14 items-center gap-3 border-b border-line bg-surface px-4">
          <Skeleton className="h-6 w-40" />
        </div>
      </div>
    </div>
  );
}
