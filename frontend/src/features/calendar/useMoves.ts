import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { ApiError } from '@/api';
import { toast } from '@/components/ui/toast-store';
import '@/i18n/late/calendar';
import { t } from '@/i18n/t';
import { collisionsOf } from '@/lib/data/appointments';
import { errorWords } from '@/lib/error-words';
import type { Appointment, Collision, FieldConflict } from '@/types';
import { putEvent } from './cache';
import { eventName, planWords } from './labels';
import type { Move } from './mutations';
import { useSendMove } from './mutations';
import { isSamePlan, planOf } from './plan';
import type { CalendarEvent, Plan } from './types';
import { fromAppointment } from './types';

export interface Overlap {
  move: Move;
  collisions: Collision[];
}

interface Moves {
  move: (event: CalendarEvent, plan: Plan, reason?: string) => void;
  /** The refused move that waits for a person's decision. */
  overlap: Overlap | null;
  closeOverlap: () => void;
  /** The ids of appointments whose move is on its way. */
  isSaving: boolean;
}

/** Sends moves and says how they ended: done with a way back, refused with the reason, or colliding with others. */
export function useMoves(location: { id: string; timezone: string }): Moves {
  const client = useQueryClient();
  const { mutate, isPending } = useSendMove(location.id);
  const [overlap, setOverlap] = useState<Overlap | null>(null);

  const move = useCallback(
    (event: CalendarEvent, plan: Plan, reason?: string): void => {
      const name = eventName(event);
      const send = (next: Move, isUndo: boolean): void => {
        mutate(next, {
          onSuccess: (saved) => {
            setOverlap(null);
            const moved = fromAppointment(saved);
            const words = { name, plan: planWords(planOf(moved), location.timezone) };
            toast({
              tone: 'success',
              title: t(isUndo ? 'calendar.move.undone' : 'calendar.move.done', words),
              ...(isUndo || isSamePlan(planOf(moved), planOf(next.event))
                ? {}
                : { action: { label: t('action.undo'), run: () => send({ event: moved, plan: planOf(next.event) }, true) } }),
            });
          },
          onError: (error) => {
            const collisions = collisionsOf(error);
            if (collisions) {
              setOverlap({ move: next, collisions });
              return;
            }
            setOverlap(null);
            const newest = error instanceof ApiError ? error.extra<Appointment>('appointment') : undefined;
            if (newest) putEvent(client, location.id, fromAppointment(newest));
            const back = newest ? fromAppointment(newest) : next.event;
            toast({
              tone: 'error',
              title: t(newest ? 'calendar.move.changed' : 'calendar.move.failed', { name, plan: planWords(planOf(back), location.timezone) }),
              detail: reasonOf(error),
            });
          },
        });
      };
      send(reason ? { event, plan, reason } : { event, plan }, false);
    },
    [client, location.id, location.timezone, mutate],
  );
  const closeOverlap = useCallback(() => setOverlap(null), []);
  return { move, overlap, closeOverlap, isSaving: isPending };
}

function reasonOf(error: unknown): string {
  if (error instanceof ApiError && error.code === 'edit_conflict') {
    const [conflict] = error.extra<FieldConflict[]>('conflicts') ?? [];
    return t('calendar.move.conflict', { name: conflict?.changedBy ?? t('calendar.move.someone') });
  }
  return errorWords(error);
}
