import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { api, newIdempotencyKey } from '@/api';
import { appointmentKeys, boardKeys, estimateKeys } from '@/lib/query-keys';
import type { Estimates, EstimateShown, RecordAnswers, ShowEstimate } from '@/types';

/** What can be done with a visit's estimate; everything that shows how it stands is asked for anew. */
export function useEstimate(appointmentId: string) {
  const client = useQueryClient();
  const base = `/api/appointments/${appointmentId}`;
  const kept = useRef<{ words: string; key: string } | null>(null);
  // The same request sent again has the same effect once; another one is another.
  const keyFor = (body: unknown): string => {
    const words = JSON.stringify(body);
    if (kept.current?.words !== words) kept.current = { words, key: newIdempotencyKey() };
    return kept.current.key;
  };
  const { mutateAsync, isPending } = useMutation({
    mutationFn: (act: () => Promise<unknown>) => act(),
    onSuccess: () => {
      kept.current = null;
    },
    onSettled: () => {
      void client.invalidateQueries({ queryKey: boardKeys.all });
      void client.invalidateQueries({ queryKey: appointmentKeys.services(appointmentId) });
      void client.invalidateQueries({ queryKey: appointmentKeys.drawer(appointmentId) });
      return client.invalidateQueries({ queryKey: estimateKeys.overview(appointmentId) });
    },
  });
  const run = <T>(act: () => Promise<T>): Promise<T> => mutateAsync(act) as Promise<T>;
  return {
    isPending,
    show: (body: ShowEstimate) => run(() => api.post<EstimateShown>(`${base}/estimates`, { body, idempotencyKey: keyFor(body) })),
    record: (body: RecordAnswers) => run(() => api.post<Estimates>(`${base}/approvals`, { body, idempotencyKey: keyFor(body) })),
    answer: (jobId: string, words: string) => run(() => api.post<Estimates>(`${base}/jobs/${jobId}/answer`, { body: { words } })),
    revoke: (linkId: string) => run(() => api.post<Estimates>(`${base}/links/${linkId}/revoke`)),
  };
}

export type EstimateActs = ReturnType<typeof useEstimate>;
