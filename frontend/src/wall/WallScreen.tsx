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
    <div className="flex h-dvh cursor-none flex-col overflow-hidden bg-canvas text-ink">
      {/* Lost, the header itself says so between the name and the clock: it stays as high, and the cars where they are. */}
      <header
        className={clsx(
          'mb-[0.75rem] flex h-[3.75rem] shrink-0 items-center justify-between gap-[2rem] px-[2rem] leading-tight',
          isLost ? 'bg-danger text-canvas' : isNight(wall, now) && 'brightness-40',
        )}
      >
        <h1 className="min-w-0 flex-1 truncate text-[2rem] font-semibold">{wall.locationName}</h1>
        {isLost ? (
          <p role="alert" className="shrink-0 text-[2.75rem] leading-none font-bold">
            {t('wall.disconnected', { time: confirmed })}
          </p>
        ) : null}
        <p className={clsx('tabular flex items-baseline justify-end gap-[1.5rem] text-[1.75rem]', isLost ? 'min-w-0 flex-1' : 'shrink-0')}>
          {isLost ? null : (
            <span className="flex items-center gap-[0.6rem] text-muted">
              <span aria-hidden className="size-[0.9rem] rounded-full bg-ready-edge" />
              <span className="text-success">{t('wall.live')}</span>
              {t('wall.updated', { time: confirmed })}
            </span>
          )}
          <span className="text-[2rem] font-semibold">{formatTime(now, wall.timezone)}</span>
        </p>
      </header>
      <div className={clsx('flex min-h-0 flex-1 flex-col', isNight(wall, now) && 'brightness-40', isLost && 'opacity-60')}>
        <WallViews wall={wall} now={now} />
      </div>
    </div>
  );
}
