import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/api';
import { appointmentKeys, boardKeys } from '@/lib/query-keys';
import type { Job, JobDiscount, JobPatch, LinePatch, NewJob, NewLine, Sheet, WorkLine } from '@/types';

/** Everything that shows a visit's work or its sum is asked for anew. */
function useRenew(appointmentId: string): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    void client.invalidateQueries({ queryKey: boardKeys.all });
    void client.invalidateQueries({ queryKey: appointmentKeys.drawer(appointmentId) });
    void client.invalidateQueries({ queryKey: appointmentKeys.declined(appointmentId) });
    await client.invalidateQueries({ queryKey: appointmentKeys.services(appointmentId) });
  };
}

/** What can be done with a visit's work, one thing after the other; each settles once the sheet shows it. */
export function useWork(appointmentId: string) {
  const base = `/api/appointments/${appointmentId}`;
  const client = useQueryClient();
  const renew = useRenew(appointmentId);
  const { mutateAsync, isPending } = useMutation({
    scope: { id: `work-${appointmentId}` },
    mutationFn: (act: () => Promise<unknown>) => act(),
    onSettled: renew,
  });
  const run = <T>(act: () => Promise<T>): Promise<T> => mutateAsync(act) as Promise<T>;
  const show = <T extends { id: string }>(part: 'items' | 'jobs', changed: T): T => {
    client.setQueryData<Sheet>(appointmentKeys.services(appointmentId), (sheet) =>
      sheet ? { ...sheet, [part]: sheet[part].map((one) => (one.id === changed.id ? { ...one, ...changed } : one)) } : sheet,
    );
    return changed;
  };

  return {
    isPending,
    addLine: (body: NewLine, idempotencyKey: string) => run(() => api.post<WorkLine>(`${base}/services`, { body, idempotencyKey })),
    changeLine: (id: string, patch: LinePatch, version: number) =>
      run(() => api.patch<WorkLine>(`${base}/services/${id}`, { body: { ...patch, version } }).then((line) => show('items', line))),
    deleteLine: (line: WorkLine) => run(() => api.delete(`${base}/services/${line.id}`, { ifMatch: line.version })),
    addJob: (body: NewJob, idempotencyKey: string) => run(() => api.post<Job>(`${base}/jobs`, { body, idempotencyKey })),
    changeJob: (id: string, patch: JobPatch, version: number) =>
      run(() => api.patch<Job>(`${base}/jobs/${id}`, { body: { ...patch, version } }).then((job) => show('jobs', job))),
    deleteJob: (job: Job) => run(() => api.delete(`${base}/jobs/${job.id}`, { ifMatch: job.version })),
    arrange: (jobIds: readonly string[]) => run(() => api.put(`${base}/jobs/order`, { body: { jobIds } })),
    discount: (id: string, body: JobDiscount) => run(() => api.post<Job>(`${base}/jobs/${id}/discount`, { body })),
    choose: (id: string) => run(() => api.post<Job>(`${base}/jobs/${id}/choose`)),
    offerAgain: (id: string) => run(() => api.post<Job>(`${base}/jobs/${id}/offer-again`)),
    revive: (jobId: string, idempotencyKey: string) => run(() => api.post<Job>(`${base}/jobs/revive`, { body: { jobId }, idempotencyKey })),
  };
}

export type Work = ReturnType<typeof useWork>;
