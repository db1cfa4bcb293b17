import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { ApiError, newIdempotencyKey } from '@/api';
import { toast } from '@/components/ui/toast-store';
import { t } from '@/i18n/t';
import { collisionsOf, createAppointment } from '@/lib/data/appointments';
import { appointmentKeys, boardKeys, customerKeys } from '@/lib/query-keys';
import type { Appointment, Collision, NewAppointment } from '@/types';

/**
 * Opens a job once: the key is made with the request and reused when the same request is sent again after a silence, so
 * that a repeated press never opens two.
 */
export function useNewAppointment({ onDone, onShow }: { onDone: (made: Appointment) => void; onShow: (id: string) => void }) {
  const client = useQueryClient();
  const sent = useRef<{ body: string; key: string } | null>(null);
  const [overlap, setOverlap] = useState<{ body: NewAppointment; collisions: Collision[] } | null>(null);
  const { mutate, isPending, error } = useMutation({
    mutationFn: (body: NewAppointment) => {
      const text = JSON.stringify(body);
      if (sent.current?.body !== text) sent.current = { body: text, key: newIdempotencyKey() };
      return createAppointment(body, sent.current.key);
    },
    onSuccess: (made) => {
      setOverlap(null);
      void client.invalidateQueries({ queryKey: boardKeys.all });
      void client.invalidateQueries({ queryKey: appointmentKeys.all });
      void client.invalidateQueries({ queryKey: customerKeys.all });
      toast({
        tone: 'success',
        title: t('new.done', { number: String(made.number) }),
        action: { label: t('new.open'), run: () => onShow(made.id) },
      });
      onDone(made);
    },
    onError: (failure, body) => {
      const collisions = collisionsOf(failure);
      setOverlap(collisions ? { body, collisions } : null);
    },
  });
  return {
    submit: (body: NewAppointment) => mutate(body),
    isPending,
    error: collisionsOf(error) ? null : error,
    fields: error instanceof ApiError ? error.fields : {},
    overlap: overlap?.collisions ?? null,
    override: (reason: string) => {
      if (overlap) mutate({ ...overlap.body, override: { reason } });
    },
    dismiss: () => setOverlap(null),
  };
}
