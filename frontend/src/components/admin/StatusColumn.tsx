import { useVirtualizer } from '@tanstack/react-virtual';
import { clsx } from 'clsx';
import { History, Hourglass, Minimize2 } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { IconButton } from '@/components/ui/IconButton';
import { Money } from '@/components/ui/Money';
import { StatusPill } from '@/components/ui/StatusPill';
import { useFocusWanted } from '@/features/board/board-store';
import type { ShownDays } from '@/features/board/card-words';
import type { Density } from '@/features/board/density';
import { CARD_GAP } from '@/features/board/density';
import type { CanDrop } from '@/features/board/useCardDrag';
import { useLaneDrop } from '@/features/board/useCardDrag';
import { t } from '@/i18n/t';
import { whenIdle } from '@/lib/idle';
import { useNow } from '@/lib/now';
import { useSize } from '@/lib/size';
import { STATUS } from '@/lib/status';
import { shortSpan, spanWords } from '@/lib/time';
import type { BoardCard, BoardColumn, Status } from '@/types';
import { AppointmentCard } from './AppointmentCard';

export interface LaneView {
  zone: string;
  days: ShownDays;
  density: Density;
  cardHeight: number;
  canMove: boolean;
  canDrop: CanDrop;
  /** The status of the card in the air. */
  dragging: Status | null;
  hrefOf: (id: string) => string;
  onMenu: (card: BoardCard, anchor: HTMLElement) => void;
}

interface StatusColumnProps {
  /** Its head: what is counted may be less than what is shown. */
  column: BoardColumn;
  /** Cars among the cards that are not the shown days' own. */
  stayed: number;
  /** What stands there instead of cards. */
  emptyWords: string;
  cards: readonly BoardCard[];
  view: LaneView;
  activeId: string | null;
  /** The card that keys carry. */
  heldId: string | null;
  onFold: (() => void) | null;
}

/** Pixels left and right of the cards, together. */
const LANE_PADDING = 16;

/** Cards drawn beyond the visible ones: few in the first picture, which somebody waits for, more once the page has come to rest. */
const FIRST_OVERSCAN = 1;
const OVERSCAN = 4;

/** One state's lane: its head, and a virtual list of its cards. */
export function StatusColumn({ column, stayed, emptyWords, cards, view, activeId, heldId, onFold }: StatusColumnProps) {
  const headingId = useId();
  const lane = useRef<HTMLElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const status = column.key;
  const { isOver } = useLaneDrop(lane, scroller, { status, canDrop: view.canDrop });
  const isRefusing = view.dragging !== null && !view.canDrop(view.dragging, status);
  const title = t(STATUS[status].word);

  const now = useNow();
  const { width } = useSize(scroller);
  const [overscan, setOverscan] = useState(FIRST_OVERSCAN);
  useEffect(() => whenIdle(() => setOverscan(OVERSCAN)), []);
  const virtual = useVirtualizer({
    count: cards.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => view.cardHeight + CARD_GAP,
    overscan,
    getItemKey: (index) => cards[index]?.id ?? index,
    paddingStart: 2,
    paddingEnd: 4,
  });
  useEffect(() => virtual.measure(), [view.cardHeight, virtual]);

  const wanted = useFocusWanted();
  const wantedIndex = wanted ? cards.findIndex((card) => card.id === wanted.id) : -1;
  useEffect(() => {
    if (!wanted || wantedIndex < 0) return;
    virtual.scrollToIndex(wantedIndex, { align: 'auto' });
    // Drawn already: it takes the focus now. Else it does so itself when the list draws it.
    const link = scroller.current?.querySelector<HTMLElement>(`[data-card="${wanted.id}"] [data-card-link]`);
    link?.focus({ preventScroll: true });
    lane.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [wanted, wantedIndex, virtual]);

  const tabId = cards.some((card) => card.id === activeId) ? activeId : (cards[0]?.id ?? null);
  return (
    <section
      ref={lane}
      data-column={status}
      aria-labelledby={headingId}
      className={clsx(
        '@container relative flex h-full w-[272px] min-w-[264px] flex-1 flex-col rounded-panel bg-sunken pointer-coarse:min-w-[288px]',
        isOver && 'outline-2 outline-primary',
        isRefusing && 'opacity-45',
      )}
    >
      <LaneHead id={headingId} now={now} column={column} stayed={stayed} title={title} onFold={onFold} />
      <div ref={scroller} className="relative min-h-0 flex-1 overflow-y-auto overscroll-contain px-2">
        {cards.length === 0 ? (
          <p className={clsx('mx-1 mt-1 rounded-control border border-dashed py-5 text-center text-muted', isOver ? 'border-primary' : 'border-line')}>
            {view.dragging && !isRefusing ? t('column.drop') : emptyWords}
          </p>
        ) : (
          <ul role="list" aria-labelledby={headingId} className="relative" style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map((row) => {
              const card = cards[row.index];
              if (!card) return null;
              return (
                <li
                  key={card.id}
                  aria-posinset={row.index + 1}
                  aria-setsize={cards.length}
                  className="absolute inset-x-0 top-0"
                  style={{ height: view.cardHeight, transform: `translateY(${row.start}px)` }}
                >
                  <AppointmentCard
                    card={card}
                    now={now}
                    zone={view.zone}
                    days={view.days}
                    density={view.density}
                    width={width > 0 ? width - LANE_PADDING : 0}
                    isActive={card.id === tabId}
                    isHeld={card.id === heldId}
                    canMove={view.canMove}
                    canDrop={view.canDrop}
                    href={view.hrefOf(card.id)}
                    onMenu={view.onMenu}
                  />
                </li>
              );
            })}
          </ul>
        )}
      </div>
    </section>
  );
}

interface LaneHeadProps {
  id: string;
  now: number;
  column: BoardColumn;
  stayed: number;
  title: string;
  onFold: (() => void) | null;
}

function LaneHead({ id, now, column, stayed, title, onFold }: LaneHeadProps) {
  const hasAge = column.oldestSince !== null && (column.key === 'IN_PROGRESS' || column.key === 'READY');
  const age = hasAge && column.oldestSince ? now - Date.parse(column.oldestSince) : null;
  return (
    <header className="flex h-11 shrink-0 items-center gap-2 px-3">
      <h2 id={id} tabIndex={-1} className="flex shrink-0 items-center gap-2" data-column-heading>
        <StatusPill status={column.key} />
        <span className="tabular font-medium">
          <span aria-hidden>{column.count}</span>
          <span className="sr-only">{t('column.jobs', { count: column.count })}</span>
        </span>
      </h2>
      {stayed > 0 ? (
        <span className="tabular flex shrink-0 items-center gap-1 text-xs text-muted" title={t('column.stayed', { count: stayed })}>
          <History size={12} aria-hidden />
          <span aria-hidden>{stayed}</span>
          <span className="sr-only">{t('column.stayed', { count: stayed })}</span>
        </span>
      ) : null}
      <span className="ml-auto flex min-w-0 items-center gap-2 text-xs text-muted">
        {age === null ? null : (
          <span className="tabular flex items-center gap-1 whitespace-nowrap" title={t('column.oldest.long', { span: spanWords(age) })}>
            <Hourglass size={12} aria-hidden className="@max-[310px]:hidden" />
            <span aria-hidden>{shortSpan(age)}</span>
            <span className="sr-only">{t('column.oldest.long', { span: spanWords(age) })}</span>
          </span>
        )}
        {column.sumCents === undefined ? null : (
          <span className="shrink-0 text-sm font-medium text-ink">
            <Money cents={column.sumCents} whole />
          </span>
        )}
        {onFold ? <IconButton icon={Minimize2} size="sm" label={t('column.collapse', { title })} onClick={onFold} /> : null}
      </span>
    </header>
  );
}
