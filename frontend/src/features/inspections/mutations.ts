import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { api, newIdempotencyKey } from '@/api';
import { appointmentKeys, boardKeys, estimateKeys, inspectionKeys } from '@/lib/query-keys';
import type { Checklist, InspectionItem, InspectionItemPatch, InspectionTemplate, NewInspectionTemplate, ReportSend, ReportSent, VisitInspections } from '@/types';

/** What shall be done about a finding: a canned job, one of a name, or without either what the catalogue suggests. */
export interface JobWish {
  catalogId?: string;
  name?: string;
  /** A job of the visit that mends it too: none is added. */
  jobId?: string;
}

/** What can be done with a visit's inspections, one thing after the other; each settles once the tab shows it. */
export function useInspections(appointmentId: string) {
  const client = useQueryClient();
  const kept = useRef<{ words: string; key: string } | null>(null);
  // The same request sent again has the same effect once; another one is another.
  const keyFor = (...about: unknown[]): string => {
    const words = JSON.stringify(about);
    if (kept.current?.words !== words) kept.current = { words, key: newIdempotencyKey() };
    return kept.current.key;
  };
  const options = {
    scope: { id: `inspections-${appointmentId}` },
    mutationFn: (act: () => Promise<unknown>) => act(),
    onSuccess: () => {
      kept.current = null;
    },
    onSettled: async () => {
      void client.invalidateQueries({ queryKey: inspectionKeys.findings(appointmentId) });
      await client.invalidateQueries({ queryKey: inspectionKeys.ofVisit(appointmentId) });
    },
  };
  const { mutateAsync, isPending } = useMutation(options);
  // An answer that is on its way keeps no other control from being pressed: what is pressed waits for it.
  const { mutateAsync: answerAsync } = useMutation(options);
  const run = <T>(act: () => Promise<T>): Promise<T> => mutateAsync(act) as Promise<T>;
  const show = (change: (list: Checklist) => Checklist): void => {
    client.setQueryData<VisitInspections>(inspectionKeys.ofVisit(appointmentId), (seen) => (seen ? { ...seen, items: seen.items.map(change) } : seen));
  };
  const showItem = (item: InspectionItem): InspectionItem => {
    show((list) => ({ ...list, items: list.items.map((one) => (one.id === item.id ? item : one)).filter((one) => !one.isRemoved) }));
    return item;
  };
  /** A job was made: the work and its sum are shown elsewhere too. */
  const renewWork = (): void => {
    void client.invalidateQueries({ queryKey: boardKeys.all });
    for (const queryKey of [appointmentKeys.services(appointmentId), appointmentKeys.drawer(appointmentId), estimateKeys.overview(appointmentId)]) void client.invalidateQueries({ queryKey });
  };
  const drawer = (): void => void client.invalidateQueries({ queryKey: appointmentKeys.drawer(appointmentId) });
  const made = (answer: { jobId: string }): string => (renewWork(), answer.jobId);
  const checklist = ({ id, version }: Checklist, body: { status?: string; holderId?: string }): Promise<Checklist> =>
    run(() => api.patch<Checklist>(`/api/checklists/${id}`, { body: { ...body, version } }));

  return {
    isPending,
    start: (templateId: string) =>
      run(() => api.post<Checklist>(`/api/appointments/${appointmentId}/checklists`, { body: { templateId }, idempotencyKey: keyFor('start', templateId) }).finally(drawer)),
    answer: (listId: string, item: InspectionItem, patch: InspectionItemPatch, version: number | null) =>
      answerAsync(() => api.patch<InspectionItem>(`/api/checklists/${listId}/items/${item.id}`, { body: version === null ? patch : { ...patch, version } }).then(showItem)) as Promise<InspectionItem>,
    addPoint: (listId: string, label: string) =>
      run(() => api.post<InspectionItem>(`/api/checklists/${listId}/items`, { body: { label }, idempotencyKey: keyFor('point', listId, label) })),
    takeOver: (list: Checklist, holderId: string) => checklist(list, { holderId }),
    submit: (list: Checklist) => checklist(list, { status: 'submitted' }),
    reopen: (list: Checklist) => checklist(list, { status: 'open' }),
    remove: (id: string) => run(() => api.delete(`/api/checklists/${id}`).finally(drawer)),
    addJob: (listId: string, itemId: string, body: JobWish) =>
      run(() => api.post<{ jobId: string }>(`/api/checklists/${listId}/items/${itemId}/findings/job`, { body, idempotencyKey: keyFor('job', itemId, body) }).then(made)),
    addFinding: (findingId: string, body: JobWish) =>
      run(() => api.post<{ jobId: string }>(`/api/appointments/${appointmentId}/findings/${findingId}/job`, { body, idempotencyKey: keyFor('finding', findingId, body) }).then(made)),
    takeBackJob: (jobId: string) => run(() => api.delete(`/api/appointments/${appointmentId}/jobs/${jobId}`).finally(renewWork)),
    resolve: (findingId: string, resolution: string) => run(() => api.post(`/api/findings/${findingId}/resolve`, { body: { resolution } })),
    send: (listId: string, body: ReportSend) =>
      run(() => api.post<ReportSent>(`/api/checklists/${listId}/report`, { body, idempotencyKey: keyFor('report', listId, body) }).finally(renewWork)),
  };
}

export type InspectionActs = ReturnType<typeof useInspections>;

function useRenewTemplates(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ['inspections', 'templates'] });
}

export function useCreateTemplate() {
  const renew = useRenewTemplates();
  return useMutation({
    mutationFn: ({ template, idempotencyKey }: { template: NewInspectionTemplate; idempotencyKey: string }) =>
      api.post<InspectionTemplate>('/api/inspection-templates', { body: template, idempotencyKey }),
    onSuccess: renew,
  });
}

/** Saves what was changed against the version that the editor saw; what others changed in other fields stays. */
export function useChangeTemplate(id: string) {
  const renew = useRenewTemplates();
  return useMutation({
    mutationFn: ({ change, version }: { change: Partial<NewInspectionTemplate>; version: number }) =>
      api.patch<InspectionTemplate>(`/api/inspection-templates/${id}`, { body: { ...change, version } }),
    onSettled: renew,
  });
}

export function useDeleteTemplate() {
  const renew = useRenewTemplates();
  return useMutation({
    mutationFn: ({ id, version }: InspectionTemplate) => api.delete(`/api/inspection-templates/${id}`, { ifMatch: version }),
    onSettled: renew,
  });
}
