import { clsx } from 'clsx';
import { memo, useEffect, useRef } from 'react';
import { Link } from 'react-router';
import { OPENED } from '@/contexts/AppointmentContext';
import { Money } from '@/components/ui/Money';
import type { Density } from '@/features/board/density';
import { CardFlags } from '@/features/board/CardFlags';
import { CardTime } from '@/features/board/CardTime';
import { isFocusWanted, useLanded } from '@/features/board/board-store';
import type { ShownDays } from '@/features/board/card-words';
import { cardName, vehicleName } from '@/features/board/card-words';
import { MoreHorizontal, Tag } from '@/features/board/signs';
import type { CanDrop } from '@/features/board/useCardDrag';
import { useCardDrag } from '@/features/board/useCardDrag';
import { t } from '@/i18n/t';
import { STATUS } from '@/lib/status';
import type { BoardCard } from '@/types';
import { TechMark } from '@/components/ui/TechMark';

interface AppointmentCardProps {
  card: BoardCard;
  /** The present instant in milliseconds: one for all cards, each of which would otherwise follow the clock by itself. */
  now: number;
  zone: string;
  days: ShownDays;
  density: Density;
  /** The card's width in pixels; 0 before it is known. */
  width: number;
  /** The one card of its lane that Tab reaches. */
  isActive: boolean;
  /** Keys carry it. */
  isHeld: boolean;
  canMove: boolean;
  canDrop: CanDrop;
  href: string;
  onMenu: (card: BoardCard, anchor: HTMLElement) => void;
}

/** One job on the board. Its height is fixed by the density, so that a lane can be virtual without measuring. */
export const AppointmentCard = memo(function AppointmentCard({
  card,
  now,
  zone,
  days,
  density,
  width,
  isActive,
  isHeld,
  canMove,
  canDrop,
  href,
  onMenu,
}: AppointmentCardProps) {
  const element = useRef<HTMLDivElement>(null);
  const { edge, isDragging } = useCardDrag(element, { id: card.id, status: card.status, isEnabled: canMove, canDrop });
  const hasLanded = useLanded(card.id);
  // A card that moved to another lane is a new element there: it takes back the focus that its old one had.
  useEffect(() => {
    if (isFocusWanted(card.id)) element.current?.querySelector<HTMLElement>('[data-card-link]')?.focus({ preventScroll: true });
  }, [card.id]);
  const isDense = density === 'compact';
  const name = cardName(card);

  return (
    <div className="relative h-full">
      <div
        ref={element}
        data-card={card.id}
        data-status={card.status}
        data-landed={hasLanded}
        data-held={isHeld || undefined}
        className={clsx(
          'group relative flex h-full flex-col justify-between rounded-control border border-l-4 border-line bg-surface shadow-card',
          'hover:border-y-line-strong hover:border-r-line-strong has-[a:focus-visible]:outline-2 has-[a:focus-visible]:outline-offset-1 has-[a:focus-visible]:outline-focus',
          isDense ? 'px-2.5 py-1.5' : 'px-3 py-2 pointer-coarse:py-2.5',
          STATUS[card.status].edge,
          canMove && 'pointer-fine:cursor-grab',
          isDragging && 'opacity-45',
          isHeld && 'outline-2 outline-offset-1 outline-primary outline-dashed',
          hasLanded && 'motion-safe:animate-landed',
        )}
      >
        <div className="flex items-center gap-2 pr-7 pointer-coarse:pr-10">
          <Link
            to={href}
            state={OPENED}
            draggable={false}
            tabIndex={isActive ? 0 : -1}
            data-card-link
            aria-label={t('card.open', { card: name, number: String(card.number) })}
            className="min-w-0 flex-1 truncate font-semibold outline-none after:absolute after:inset-0 after:rounded-control"
          >
            {vehicleName(card)}
          </Link>
          <span className="tabular shrink-0 text-xs text-muted">{t('card.number', { number: String(card.number) })}</span>
        </div>
        <div className="flex items-center gap-2">
          <span className={clsx('min-w-0 flex-1 truncate', !card.customerName && 'text-muted')}>
            {card.customerName ?? t('card.noCustomer')}
          </span>
          {card.keyTag ? (
            <span className="inline-flex max-w-[45%] shrink-0 items-center gap-1 text-xs font-medium" title={t('card.keyTag', { tag: card.keyTag })}>
              <Tag size={12} aria-hidden className="shrink-0 text-muted" />
              <span className="sr-only">{t('card.keyTag', { tag: '' })}</span>
              <span className="truncate">{card.keyTag}</span>
            </span>
          ) : null}
          {card.plate && card.vehicle ? (
            <span className="shrink-0 rounded-chip border border-line-strong px-1 font-mono text-xs leading-4 text-muted">{card.plate}</span>
          ) : null}
        </div>
        {isDense ? null : (
          <div className="flex items-center gap-2 text-muted">
            <span className="min-w-0 flex-1 truncate">{card.servicesSummary || card.title || t('card.noServices')}</span>
            <span className="shrink-0 font-medium text-ink">
              <Money cents={card.totalCents} />
            </span>
          </div>
        )}
        <div className="flex items-center gap-1.5 text-xs">
          <CardFlags card={card} now={now} zone={zone} days={days} room={width > 0 ? width - (isDense ? 25 : 29) : 0} isDense={isDense} />
          <span className="ml-auto flex shrink-0 items-center gap-1.5 text-muted">
            <CardTime card={card} now={now} />
            {isDense ? (
              <span className="font-medium text-ink">
                <Money cents={card.totalCents} whole />
              </span>
            ) : null}
            <TechMark name={card.techName} />
          </span>
        </div>
        {canMove ? (
          <button
            type="button"
            tabIndex={isActive ? 0 : -1}
            aria-haspopup="menu"
            aria-label={t('card.move', { card: name })}
            title={t('card.move.short')}
            onClick={(event) => onMenu(card, event.currentTarget)}
            className={clsx(
              'absolute top-1 right-1 flex size-7 items-center justify-center rounded-control text-muted hover:bg-hover hover:text-ink',
              'pointer-coarse:top-0 pointer-coarse:right-0 pointer-coarse:size-11',
            )}
          >
            <MoreHorizontal size={16} aria-hidden />
          </button>
        ) : null}
      </div>
      {edge ? (
        <span
          aria-hidden
          className={clsx('pointer-events-none absolute inset-x-0 h-0.5 rounded-full bg-primary', edge === 'top' ? '-top-[5px]' : '-bottom-[5px]')}
        />
      ) : null}
    </div>
  );
});
