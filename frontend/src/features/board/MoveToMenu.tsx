import { ArrowDown, ArrowUp, UserRound } from 'lucide-react';
import type { MenuItem } from '@/components/ui/Menu';
import { MenuPanel } from '@/components/ui/Menu';
import { useSession } from '@/contexts/SessionContext';
import type { WordKey } from '@/i18n/en';
import { LOCALE, t } from '@/i18n/t';
import { STATUS, STATUSES, moveRefusal, originsOf } from '@/lib/status';
import type { BoardCard, Status } from '@/types';
import { cardName } from './card-words';

interface MoveToMenuProps {
  card: BoardCard;
  anchor: HTMLElement;
  onMove: (to: Status) => void;
  /** A state was chosen that the card cannot go to. */
  onRefused: (to: Status) => void;
  onReorder: (step: -1 | 1) => void;
  onAssign: () => void;
  onClose: () => void;
}

/** Why a state is not offered: where one comes to it from, which is another answer for each of them. */
function refusalDetail(refusal: WordKey, to: Status): string {
  if (refusal !== 'move.refused.transition') return t(refusal);
  const names = originsOf(to).map((status) => t(STATUS[status].word));
  return t('move.origins', { from: new Intl.ListFormat(LOCALE, { type: 'disjunction' }).format(names) });
}

/** The way to move a card without dragging: by keyboard, by finger, by screen reader. */
export function MoveToMenu({ card, anchor, onMove, onRefused, onReorder, onAssign, onClose }: MoveToMenuProps) {
  const { can } = useSession();
  const states: MenuItem[] = STATUSES.map((status) => {
    const isHere = status === card.status;
    const refusal = moveRefusal(card.status, status, can);
    const item: MenuItem = {
      id: status,
      label: t(STATUS[status].word),
      icon: STATUS[status].icon,
      letter: STATUS[status].letter,
      isCurrent: isHere,
      isDisabled: isHere || refusal !== null,
      onSelect: () => onMove(status),
      onRefused: () => onRefused(status),
    };
    if (isHere) return { ...item, detail: t('move.here') };
    return refusal ? { ...item, detail: refusalDetail(refusal, status) } : item;
  });
  const places: MenuItem[] = can('appointment:move')
    ? [
        { id: 'up', label: t('move.up'), icon: ArrowUp, onSelect: () => onReorder(-1) },
        { id: 'down', label: t('move.down'), icon: ArrowDown, onSelect: () => onReorder(1) },
      ]
    : [];
  const assign: MenuItem[] = can('appointment:edit')
    ? [{ id: 'assign', label: t('keys.assign'), icon: UserRound, letter: 'a', onSelect: onAssign }]
    : [];
  return (
    <MenuPanel
      label={t(assign.length > 0 ? 'move.title.assign' : 'move.title', { card: cardName(card) })}
      anchor={anchor}
      onClose={onClose}
      items={[...states, 'separator', ...places, ...assign]}
    />
  );
}
