import { useMutation, useMutationState, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { patchAppointment } from '@/lib/data/appointments';
import { appointmentKeys } from '@/lib/query-keys';
import type { AppointmentPatch } from '@/types';
import { putEvent } from './cache';
import type { CalendarEvent, Plan } from './types';
import { fromAppointment } from './types';

export interface Move {
  /** As the person saw it. */
  event: CalendarEvent;
  plan: Plan;
  /** Books over what is planned, on purpose. */
  reason?: string;
}

function changes({ event, plan, reason }: Move): AppointmentPatch {
  return {
    version: event.version,
    // Only what was changed: what others change meanwhile in other fields stays.
    ...(plan.start === event.start ? {} : { start: new Date(plan.start).toISOString() }),
    ...(plan.end === event.end ? {} : { end: new Date(plan.end).toISOString() }),
    ...(plan.techId === event.techId ? {} : { techId: plan.techId }),
    ...(reason ? { override: { reason } } : {}),
  };
}

/** Sends a move. Until the answer is here `usePendingMoves` shows it as done; a refused one is back by itself. */
export function useSendMove(locationId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationKey: appointmentKeys.calendarMove,
    mutationFn: (move: Move) => patchAppointment(move.event.id, changes(move)),
    onSuccess: (appointment) => putEvent(client, locationId, fromAppointment(appointment)),
    onSettled: (_, __, { event }) => {
      void client.invalidateQueries({ queryKey: appointmentKeys.drawer(event.id) });
    },
  });
}

/** What moves on their way make of their appointments, by id. */
export function usePendingMoves(): ReadonlyMap<string, Plan> {
  const moves = useMutationState({
    filters: { mutationKey: appointmentKeys.calendarMove, status: 'pending' },
    select: (mutation) => mutation.state.variables as Move | undefined,
  });
  return useMemo(() => new Map(moves.flatMap((move) => (move ? [[move.event.id, move.plan] as const] : []))), [moves]);
}
