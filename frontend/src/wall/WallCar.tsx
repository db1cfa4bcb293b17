import { clsx } from 'clsx';
import '@/i18n/late/wall';
import { t } from '@/i18n/t';
import { STATUS } from '@/lib/status';
import type { PromiseTone } from '@/lib/time';
import type { Status, WallCard } from '@/types';
import type { ViewKey } from './views';
import { calledWords, timeWords } from './wall-words';

const TONES: Partial<Record<PromiseTone, string>> = { late: 'text-danger font-semibold', soon: 'text-warning font-semibold' };

interface WallCarProps {
  card: WallCard;
  now: number;
  zone: string;
  view: ViewKey;
}

/** A car as the room may know it: which one, what, until when, by whom, where; what its column's heading says it leaves out. */
export function WallCar({ card, now, zone, view }: WallCarProps) {
  const { icon: Icon, word, edge } = STATUS[card.status as Status];
  const time = timeWords(card, now, zone);
  const stage = card.stage === null ? null : t('wall.stage.approval');
  const who = card.techName ?? (card.status === 'IN_PROGRESS' ? t('wall.nobody') : null);
  const where = [view === 'technicians' ? null : who, card.bayName].filter(Boolean).join(' · ');
  return (
    <li
      className={clsx(
        'flex h-[8.75rem] flex-col justify-between rounded-panel border-l-[0.5rem] bg-surface px-[1.25rem] py-[0.6rem] text-[1.75rem] leading-[2.35rem]',
        edge,
      )}
    >
      <p className="flex items-baseline gap-[1rem]">
        <span className="tabular shrink-0 text-[2.25rem] font-bold">
          {calledWords(card)}
        </span>
        <span className="truncate font-semibold">{card.vehicle}</span>
        {card.keyTag === null || card.plateTail === null ? null : <span className="ml-auto shrink-0 text-muted">{card.plateTail}</span>}
      </p>
      <p className="flex items-baseline gap-[1rem]">
        {view === 'board' ? null : (
          <span className="flex shrink-0 items-center gap-[0.5rem]">
            <Icon aria-hidden className="size-[1.5rem]" />
            {t(word)}
          </span>
        )}
        <span className="truncate">{card.job}</span>
        {stage === null && !card.isWaiting ? null : (
          <span className="ml-auto shrink-0 rounded-chip bg-warning-soft px-[0.6rem] text-warning">{stage ?? t('wall.waits')}</span>
        )}
      </p>
      <p className="flex items-baseline justify-between gap-[1rem]">
        <span className={clsx('tabular shrink-0', TONES[time.tone] ?? 'text-ink')}>{time.words}</span>
        <span className="truncate text-muted">{where}</span>
      </p>
    </li>
  );
}
