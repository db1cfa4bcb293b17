import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/api';
import { appointmentKeys, boardKeys, numbersKeys } from '@/lib/query-keys';
import type { Outcome, Page, VisitWork, WorkedHours } from '@/types';

export const workQueries = {
  visit: (appointmentId: string) =>
    queryOptions({
      queryKey: appointmentKeys.work(appointmentId),
      queryFn: ({ signal }) => api.get<VisitWork>(`/api/appointments/${appointmentId}/work`, { signal }),
      staleTime: 5_000,
    }),
  /** Actual against sold hours of each technician. */
  worked: (asked: { locationId: string; from: string; to: string }) =>
    queryOptions({
      queryKey: numbersKeys.worked(asked),
      queryFn: ({ signal }) =>
        api.get<Page<WorkedHours>>('/api/admin/worked-hours', { query: asked, signal }).then((page) => page.items),
      staleTime: 5_000,
    }),
};

export interface NewCheck {
  kind: 'test_drive' | 'quality';
  isPassed: boolean;
  note: string | null;
}

/** What can be said of a visit's work; everything that shows it is asked for anew. */
export function useVisitWork(appointmentId: string) {
  const client = useQueryClient();
  const base = `/api/appointments/${appointmentId}`;
  const { mutateAsync, isPending } = useMutation({
    mutationFn: (act: () => Promise<unknown>) => act(),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: boardKeys.all });
      void client.invalidateQueries({ queryKey: appointmentKeys.drawer(appointmentId) });
      return client.invalidateQueries({ queryKey: appointmentKeys.work(appointmentId) });
    },
  });
  const run = <T>(act: () => Promise<T>): Promise<T> => mutateAsync(act) as Promise<T>;
  return {
    isPending,
    setNeeds: (needs: { needsPart?: boolean; needsApproval?: boolean }) => run(() => api.patch(`${base}/needs`, { body: needs })),
    check: (id: string, check: NewCheck) => run(() => api.post(`${base}/checks`, { body: { id, ...check } })),
    tell: (jobId: string, words: Partial<Pick<Outcome, 'cause' | 'correction'>>, version: number) =>
      run(() => api.patch<Outcome>(`${base}/jobs/${jobId}/outcome`, { body: { ...words, version } })),
    stop: (timerId: string) => {
      const now = new Date().toISOString();
      return run(() => api.post(`/api/tech/timers/${timerId}/stop`, { body: { stoppedAt: now, sentAt: now } }));
    },
  };
}

export type VisitActs = ReturnType<typeof useVisitWork>;
