import { useQuery } from '@tanstack/react-query';
import { UserRound, UserRoundX } from 'lucide-react';
import { MenuPanel } from '@/components/ui/Menu';
import { t } from '@/i18n/t';
import { shopQueries } from '@/lib/data/shop';
import type { BoardCard } from '@/types';
import { cardName } from './card-words';

interface AssignMenuProps {
  card: BoardCard;
  locationId: string;
  anchor: HTMLElement;
  onAssign: (technician: { id: string; name: string } | null) => void;
  onClose: () => void;
}

export function AssignMenu({ card, locationId, anchor, onAssign, onClose }: AssignMenuProps) {
  const { data: technicians } = useQuery(shopQueries.technicians(locationId));
  if (!technicians) return null;
  return (
    <MenuPanel
      label={t('assign.title', { card: cardName(card) })}
      anchor={anchor}
      onClose={onClose}
      items={[
        ...technicians.map((one) => ({
          id: one.id,
          label: one.name,
          icon: UserRound,
          isCurrent: one.id === card.techId,
          onSelect: () => onAssign({ id: one.id, name: one.name }),
        })),
        'separator' as const,
        {
          id: 'none',
          label: t('card.unassigned'),
          icon: UserRoundX,
          isCurrent: card.techId === null,
          onSelect: () => onAssign(null),
        },
      ]}
    />
  );
}
