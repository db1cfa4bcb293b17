import { clsx } from 'clsx';

/** A grey place of the final size; hidden from screen readers, which hear the region's own "loading". */
export function Skeleton({ className }: { className: string }) {
  return <span aria-hidden className={clsx('block rounded-chip bg-line motion-safe:animate-pulse-soft', className)} />;
}

/** Some lines of text that are on their way. */
export function SkeletonLines({ lines = 5, label }: { lines?: number; label: string }) {
  return (
    <div role="status" aria-label={label} className="flex flex-col gap-3">
      {Array.from({ length: lines }, (_, index) => (
        <Skeleton key={index} className={clsx('h-4', index % 3 === 2 ? 'w-1/2' : 'w-full')} />
      ))}
    </div>
  );
}
