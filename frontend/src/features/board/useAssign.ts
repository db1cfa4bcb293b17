import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from '@/components/ui/toast-store';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { collisionsOf, patchAppointment } from '@/lib/data/appointments';
import { errorWords } from '@/lib/error-words';
import { appointmentKeys, boardKeys } from '@/lib/query-keys';
import type { Board, BoardCard, Collision } from '@/types';
import { cardName } from './card-words';
import { findCard, replaceCard } from './order';
import type { BoardQuery } from './queries';

interface AssignInput {
  card: BoardCard;
  technician: { id: string; name: string } | null;
  reason?: string;
}

/** Gives a job to a technician at once; a collision asks, any other refusal puts the old name back. */
export function useAssign(query: BoardQuery) {
  const client = useQueryClient();
  const [collision, setCollision] = useState<{ input: AssignInput; collisions: Collision[] } | null>(null);
  /** Changes only what this is about, on the card as it is shown by now, unless that is newer than what is known here. */
  const patch = (id: string, known: number, changes: Partial<Pick<BoardCard, 'techId' | 'techName' | 'version'>>): void => {
    client.setQueryData<Board>(boardKeys.list(query), (board) => {
      const shown = findCard(board, id);
      return board && shown && shown.version <= known ? replaceCard(board, { ...shown, ...changes }) : board;
    });
  };
  const { mutate, isPending } = useMutation({
    mutationFn: ({ card, technician, reason }: AssignInput) =>
      patchAppointment(card.id, {
        techId: technician?.id ?? null,
        version: card.version,
        ...(reason ? { override: { reason } } : {}),
      }),
    onMutate: async ({ card, technician }) => {
      await client.cancelQueries({ queryKey: boardKeys.all });
      patch(card.id, card.version, { techId: technician?.id ?? null, techName: technician?.name ?? null });
    },
    onSuccess: (appointment, { card, technician }) => {
      setCollision(null);
      patch(card.id, appointment.version, { techId: appointment.techId, techName: appointment.techName, version: appointment.version });
      announce(
        technician ? t('assign.done', { card: cardName(card), name: technician.name }) : t('assign.cleared', { card: cardName(card) }),
      );
    },
    onError: (error, input) => {
      patch(input.card.id, input.card.version, { techId: input.card.techId, techName: input.card.techName });
      const collisions = collisionsOf(error);
      if (collisions) setCollision({ input, collisions });
      else toast({ tone: 'error', title: t('assign.failed'), detail: errorWords(error) });
    },
    onSettled: (_data, _error, { card }) => {
      void client.invalidateQueries({ queryKey: boardKeys.all });
      void client.invalidateQueries({ queryKey: appointmentKeys.drawer(card.id) });
    },
  });
  return {
    assign: (card: BoardCard, technician: AssignInput['technician']) => mutate({ card, technician }),
    collision: collision?.collisions ?? null,
    isPending,
    override: (reason: string) => {
      if (collision) mutate({ ...collision.input, reason });
    },
    dismiss: () => setCollision(null),
  };
}
