import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from '@/components/ui/toast-store';
import { useSession } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import { changeStatus, collisionsOf } from '@/lib/data/appointments';
import { errorWords } from '@/lib/error-words';
import { appointmentKeys, boardKeys } from '@/lib/query-keys';
import { STATUS, moveRefusal, needsReason } from '@/lib/status';
import type { Appointment, Collision, DrawerData, Status } from '@/types';

/** So long the server holds back what a move tells the customer. */
const UNDO = 8_000;

interface Change {
  from: Status;
  to: Status;
  reason?: string;
  /** It takes back the change before it. */
  isUndo?: boolean;
  override?: { reason: string };
}

/** Says that a job is in another state, with the way back, and with what its customer gets as soon as that is known. */
function tellChange({ id, number, status }: Pick<Appointment, 'id' | 'number' | 'status'>, zoneOfTexts: string | null, maySend: boolean, undo: (() => void) | null): void {
  const until = Date.now() + UNDO;
  const say = (detail?: string): void => {
    const left = until - Date.now();
    if (left <= 0) return;
    toast({
      tone: 'success',
      key: `status ${id}`,
      title: t('drawer.moved', { number: String(number), status: t(STATUS[status].word) }),
      ...(detail ? { detail } : {}),
      ...(undo ? { timeout: left, action: { label: t('action.undo'), run: undo } } : {}),
    });
  };
  say();
  if (zoneOfTexts === null) return;
  void import('@/components/ui/leaving-text').then(({ tellLeaving }) => tellLeaving(id, zoneOfTexts, maySend, say));
}

/** Moves the job in the drawer to another state; asks for a reason or an override where one is needed. */
export function useStatusChange(appointment: Pick<Appointment, 'id' | 'number' | 'status' | 'version'> & Pick<DrawerData['appointment'], 'failedCheck'>, zone: string) {
  const client = useQueryClient();
  const { can, me } = useSession();
  const failed = appointment.failedCheck?.kind ?? null;
  const [asking, setAsking] = useState<Status | null>(null);
  const [overlap, setOverlap] = useState<{ change: Change; collisions: Collision[] } | null>(null);
  const { mutate, isPending } = useMutation({
    mutationFn: ({ to, isUndo, reason, override }: Change) =>
      changeStatus(appointment.id, {
        status: to,
        ...(isUndo ? {} : { version: appointment.version }),
        ...(reason ? { reason } : {}),
        ...(override ? { override } : {}),
      }),
    onSuccess: (result, { from, isUndo }) => {
      setOverlap(null);
      client.setQueryData<DrawerData>(
        appointmentKeys.drawer(appointment.id),
        (data) => data && { ...data, appointment: { ...data.appointment, ...result } },
      );
      const isReversible = !isUndo && moveRefusal(result.status, from, can) === null;
      const back: Change = { from: result.status, to: from, isUndo: true, ...(needsReason(result.status, from, failed) ? { reason: t('move.undo.reason') } : {}) };
      tellChange(result, can('message:view') && me.flags.messaging ? zone : null, can('message:send'), isReversible ? () => mutate(back) : null);
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
    change: (to: Status) => (needsReason(appointment.status, to, failed) ? setAsking(to) : mutate({ from: appointment.status, to })),
    giveReason: (reason: string) => {
      if (asking) mutate({ from: appointment.status, to: asking, reason });
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
