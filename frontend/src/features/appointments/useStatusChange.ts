import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from '@/components/ui/toast-store';
import { t } from '@/i18n/t';
import { changeStatus, collisionsOf } from '@/lib/data/appointments';
import { errorWords } from '@/lib/error-words';
import { appointmentKeys, boardKeys } from '@/lib/query-keys';
import { STATUS, needsReason } from '@/lib/status';
import type { Appointment, Collision, DrawerData, Status } from '@/types';

interface Change {
  to: Status;
  reason?: string;
  override?: { reason: string };
}

/** Moves the job in the drawer to another state; asks for a reason or an override where one is needed. */
export function useStatusChange(appointment: Pick<Appointment, 'id' | 'number' | 'status' | 'version'>) {
  const client = useQueryClient();
  const [asking, setAsking] = useState<Status | null>(null);
  const [overlap, setOverlap] = useState<{ change: Change; collisions: Collision[] } | null>(null);
  const { mutate, isPending } = useMutation({
    mutationFn: ({ to, ...rest }: Change) => changeStatus(appointment.id, { status: to, version: appointment.version, ...rest }),
    onSuccess: (result) => {
      setOverlap(null);
      client.setQueryData<DrawerData>(
        appointmentKeys.drawer(appointment.id),
        (data) => data && { ...data, appointment: { ...data.appointment, ...result } },
      );
      toast({
        tone: 'success',
        title: t('drawer.moved', { number: String(appointment.number), status: t(STATUS[result.status].word) }),
      });
    },
    onError: (error, change) => {
      const collisions = collisionsOf(error);
      if (collisions) setOverlap({ change, collisions });
      else toast({ tone: 'error', title: t('drawer.moveFailed'), detail: errorWords(error) });
    },
    onSettled: () => {
      void client.invalidateQueries({ queryKey: boardKeys.all });
      void client.invalidateQueries({ queryKey: appointmentKeys.all });
    },
  });
  return {
    isPending,
    asking,
    overlap: overlap?.collisions ?? null,
    change: (to: Status) => (needsReason(appointment.status, to) ? setAsking(to) : mutate({ to })),
    giveReason: (reason: string) => {
      if (asking) mutate({ to: asking, reason });
      setAsking(null);
    },
    override: (reason: string) => {
      if (overlap) mutate({ ...overlap.change, override: { reason } });
    },
    cancel: () => {
      setAsking(null);
      setOverlap(null);
    },
  };
}
