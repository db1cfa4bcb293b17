import { clsx } from 'clsx';
import '@/i18n/late/wall';
import { t } from '@/i18n/t';
import { formatTime } from '@/lib/time';
import type { Wall } from '@/types';
import { PairForm } from './PairForm';
import { SILENCE, useSecond, useWakeLock, useWallFeed } from './wall-feed';
import { isNight } from './wall-words';
import { WallViews } from './WallViews';

/** The screen on the wall: today's cars for everybody in the room, or the question for a code. */
export function WallScreen() {
  const { feed, again } = useWallFeed();
  useWakeLock();
  if (feed.state === 'loading') {
    return (
      <p role="status" className="p-[2rem] text-[1.75rem] text-muted">
        {t('wall.loading')}
      </p>
    );
  }
  if (feed.state === 'unpaired') return <PairForm onPaired={again} />;
  return <Board wall={feed.wall} confirmedAt={feed.confirmedAt} ahead={feed.ahead} />;
}

function Board({ wall, confirmedAt, ahead }: { wall: Wall; confirmedAt: number; ahead: number }) {
  const second = useSecond();
  const now = second + ahead;
  const isLost = second - confirmedAt > SILENCE;
  const confirmed = formatTime(confirmedAt + ahead, wall.timezone);
  return (
    <div className="relative flex h-dvh cursor-none flex-col overflow-hidden bg-canvas text-ink">
      {isLost ? (
        // Over the header, whose clock it tells itself: the cars stay where they are.
        <p role="alert" className="absolute inset-x-0 top-0 z-10 flex h-[4.5rem] items-center justify-center bg-danger text-[3rem] leading-none font-bold text-canvas">
          {t('wall.disconnected', { time: confirmed })}
        </p>
      ) : null}
      <div className={clsx('flex min-h-0 flex-1 flex-col', isNight(wall, now) && 'brightness-40', isLost && 'opacity-60')}>
        <header className="flex h-[4.5rem] shrink-0 items-baseline justify-between gap-[2rem] px-[2rem] pt-[1.25rem]">
          <h1 className="truncate text-[2rem] leading-tight font-semibold">{wall.locationName}</h1>
          <p className="tabular flex shrink-0 items-baseline gap-[1.5rem] text-[1.75rem] leading-tight">
            <span className="flex items-center gap-[0.6rem] text-muted">
              {isLost ? null : (
                <>
                  <span aria-hidden className="size-[0.9rem] rounded-full bg-ready-edge" />
                  <span className="text-success">{t('wall.live')}</span>
                </>
              )}
              {t('wall.updated', { time: confirmed })}
            </span>
            <span className="text-[2rem] font-semibold">{formatTime(now, wall.timezone)}</span>
          </p>
        </header>
        <WallViews wall={wall} now={now} />
      </div>
    </div>
  );
}
