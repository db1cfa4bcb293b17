import { Suspense, lazy, useCallback, useMemo, useRef, useState } from 'react';
import { ErrorBoundary } from '@/components/ui/ErrorBoundary';
import { Signs } from '@/components/ui/signs';
import { useAppointmentActions } from '@/contexts/AppointmentContext';
import { useCan, useSession } from '@/contexts/SessionContext';
import { AssignMenu } from '@/features/board/AssignMenu';
import { MoveToMenu } from '@/features/board/MoveToMenu';
import { focusCard, useMenuWanted } from '@/features/board/board-store';
import { cardName } from '@/features/board/card-words';
import type { Density } from '@/features/board/density';
import type { BoardFilters } from '@/features/board/filters';
import { isFiltering, matches } from '@/features/board/filters';
import { headOf, isAhead, lanesOf } from '@/features/board/order';
import type { BoardQuery } from '@/features/board/queries';
import { SIDE, WIDE } from '@/features/board/side-lanes';
import { useTextFlags } from '@/features/board/text-flags';
import { useAssign } from '@/features/board/useAssign';
import { boardKeyHandler } from '@/features/board/useBoardKeys';
import { useBoardDrag } from '@/features/board/useCardDrag';
import { useCarry } from '@/features/board/useCarry';
import { useMoves } from '@/features/board/useMoves';
import type { WordKey } from '@/i18n/en';
import { t } from '@/i18n/t';
import { useHotkeys } from '@/lib/hotkeys';
import { usePrefetch } from '@/lib/idle';
import { useMedia } from '@/lib/media';
import { failedCheckOf, moveRefusal, readyReasonWords, refusalWords } from '@/lib/status';
import type { Board, BoardCard, Status } from '@/types';
import { FoldedColumn } from './FoldedColumn';
import type { LaneView } from './StatusColumn';
import { StatusColumn } from './StatusColumn';

// Not what one sees first. The menus are: after the key that opens one, the next chooses in it.
const loadOverlap = () => import('@/components/ui/OverlapDialog');
const loadReason = () => import('@/components/ui/ReasonDialog');
const loadQuestions = () => Promise.all([loadOverlap(), loadReason()]);
const OverlapDialog = lazy(() => loadOverlap().then((module) => ({ default: module.OverlapDialog })));
const ReasonDialog = lazy(() => loadReason().then((module) => ({ default: module.ReasonDialog })));

interface StatusBoardProps {
  board: Board;
  query: BoardQuery;
  filters: BoardFilters;
  density: Density;
  cardHeight: number;
  hrefOf: (id: string) => string;
}
type Armed = { kind: 'move' | 'assign'; card: BoardCard; anchor: HTMLElement };

/** The lanes, and everything one can do to a card on them. */
export function StatusBoard({ board, query, filters, density, cardHeight, hrefOf }: StatusBoardProps) {
  const region = useRef<HTMLDivElement>(null);
  const { can, me } = useSession();
  const hasTexts = can('message:view') && me.flags.messaging;
  const canEdit = useCan('appointment:edit');
  const { open } = useAppointmentActions();
  const isWide = useMedia(WIDE);
  const [folded, setFolded] = useState<Partial<Record<Status, boolean>>>({});
  const [dragging, setDragging] = useState<Status | null>(null);
  const [armed, setArmed] = useState<Armed | null>(null);
  const [activeId, setActiveId] = useState<string | null>(null);
  const moves = useMoves(query);
  const assignment = useAssign(query);
  useTextFlags(query.locationId);
  usePrefetch(loadQuestions);

  const isFolded = (status: Status): boolean => folded[status] ?? (SIDE.includes(status) && !isWide);
  const cards = useMemo(
    () => (isFiltering(filters) ? board.cards.filter((card) => matches(card, filters)) : board.cards),
    [board.cards, filters],
  );
  const saved = useMemo(() => lanesOf(cards), [cards]);
  const canDrop = useCallback((from: Status, to: Status) => moveRefusal(from, to, can) === null, [can]);
  useBoardDrag(region, { onDrag: setDragging, onDrop: moves.drop });

  const onMenu = useCallback((card: BoardCard, anchor: HTMLElement) => setArmed({ kind: 'move', card, anchor }), []);
  const canMove = can('appointment:move');
  const { from, to, today } = board;
  const days = useMemo(() => ({ from, to, today }), [from, to, today]);
  const view = useMemo(
    (): LaneView => ({ zone: board.location.timezone, days, density, cardHeight, canMove, canDrop, dragging, hrefOf, onMenu }),
    [board.location.timezone, days, density, cardHeight, canMove, canDrop, dragging, hrefOf, onMenu],
  );
  const shownOrder = board.columns.map((column) => column.key).filter((status) => !isFolded(status));
  const { heldId, lanes, take } = useCarry(saved, { order: shownOrder, canMove, canDrop, refusal: (from, to) => refusalWords(from, to, can), onDrop: moves.move });
  const onKeyDown = boardKeyHandler(lanes, shownOrder, {
    carry: take,
    focus: focusCard,
    open,
    moveMenu: (card, element) => setArmed({ kind: 'move', card, anchor: linkOf(element) }),
    assignMenu: (card, element) => {
      if (canEdit) setArmed({ kind: 'assign', card, anchor: linkOf(element) });
    },
    write: (id) => {
      if (hasTexts) open(id, 'messages');
    },
    reorder: moves.reorder,
  });
  const focusFirst = (): void => {
    const first = shownOrder.flatMap((status) => lanes[status])[0];
    const again = cards.find((card) => card.id === activeId) ?? first;
    if (again) focusCard(again.id);
  };
  // The palette acts on the card that had the focus before it.
  useMenuWanted((kind, id) => {
    const card = cards.find((one) => one.id === id);
    const element = region.current?.querySelector<HTMLElement>(`[data-card="${id}"]`);
    if (card && element) setArmed({ kind, card, anchor: linkOf(element) });
  });
  useHotkeys({ 'mod+z': moves.undo, j: focusFirst, k: focusFirst, h: focusFirst, l: focusFirst, arrowdown: focusFirst });

  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys climb from the focused card to here; the region itself is no control
    <div
      ref={region}
      role="region"
      aria-label={t('board.region')}
      className="relative flex min-h-0 flex-1 snap-x gap-3 overflow-x-auto overflow-y-hidden p-3"
      onKeyDown={onKeyDown}
      onFocus={(event) => {
        const id = event.target.closest<HTMLElement>('[data-card]')?.dataset.card;
        if (id) setActiveId(id);
      }}
    >
      <Signs />
      {board.columns.map((column) => {
        const lane = lanes[column.key];
        // Cars that are here today are on the board of a day to come, but they are not that day's.
        const own = isAhead(days) ? lane.filter((card) => !card.carryOver) : lane;
        const shown = isFiltering(filters) || own !== lane ? headOf(column, own) : column;
        const isSide = SIDE.includes(column.key);
        if (isFolded(column.key)) {
          return (
            <FoldedColumn
              key={column.key}
              column={shown}
              canDrop={canDrop}
              dragging={dragging}
              onUnfold={() => setFolded({ ...folded, [column.key]: false })}
            />
          );
        }
        return (
          <ErrorBoundary key={column.key} title={t('column.error')}>
            <StatusColumn
              column={shown}
              stayed={lane.length - own.length}
              emptyWords={t(emptyWord(column.key, isFiltering(filters), isAhead(days)))}
              cards={lane}
              view={view}
              activeId={activeId}
              heldId={heldId}
              onFold={isSide ? () => setFolded({ ...folded, [column.key]: true }) : null}
            />
          </ErrorBoundary>
        );
      })}
      {armed?.kind === 'move' ? (
        <MoveToMenu
          card={armed.card}
          anchor={armed.anchor}
          onClose={() => setArmed(null)}
          onMove={(to) => {
            if (isFolded(to)) setFolded({ ...folded, [to]: false });
            moves.moveTo(armed.card, to);
          }}
          onRefused={(to) => moves.refuse(armed.card, to)}
          onReorder={(step) => moves.reorder(armed.card, step)}
          onAssign={() => setArmed({ ...armed, kind: 'assign' })}
        />
      ) : null}
      {armed?.kind === 'assign' ? (
        <AssignMenu
          card={armed.card}
          locationId={query.locationId}
          anchor={armed.anchor}
          onClose={() => setArmed(null)}
          onAssign={(technician) => {
            assignment.assign(armed.card, technician);
            focusCard(armed.card.id);
          }}
        />
      ) : null}
      <Suspense fallback={null}>
        {moves.asking ? (
          <ReasonDialog
            {...readyReasonWords(cardName(moves.asking.card), moves.asking.card.status === 'IN_PROGRESS' ? failedCheckOf(moves.asking.card) : null)}
            onSubmit={moves.giveReason}
            onClose={moves.stopAsking}
          />
        ) : null}
        {assignment.collision ? (
          <OverlapDialog
            collisions={assignment.collision}
            zone={board.location.timezone}
            canOverride={can('appointment:overbook')}
            isPending={assignment.isPending}
            onOverride={assignment.override}
            onClose={assignment.dismiss}
          />
        ) : null}
      </Suspense>
    </div>
  );
}

/** What a lane without cards says: under a filter it is not empty, only without a match. */
function emptyWord(status: Status, isFiltered: boolean, isDayAhead: boolean): WordKey {
  if (isFiltered) return 'column.noMatch';
  return isDayAhead && status === 'SCHEDULED' ? 'column.empty.future' : `column.empty.${status}`;
}

/** Menus opened by key hang on the card's link, which gets the focus back. */
function linkOf(card: HTMLElement): HTMLElement {
  return card.querySelector<HTMLElement>('[data-card-link]') ?? card;
}
