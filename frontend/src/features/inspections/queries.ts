import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '@/api';
import { inspectionKeys } from '@/lib/query-keys';
import type { CarFinding, InspectionTemplate, JobOffer, ReportPreview, ReportSend, VisitInspections } from '@/types';

export const inspectionQueries = {
  ofVisit: (appointmentId: string) =>
    queryOptions({
      queryKey: inspectionKeys.ofVisit(appointmentId),
      queryFn: ({ signal }) => api.get<VisitInspections>(`/api/appointments/${appointmentId}/checklists`, { signal }),
      staleTime: 5_000,
    }),
  /** What the visit's car needs, at whatever visit it was seen. */
  findings: (appointmentId: string) =>
    queryOptions({
      queryKey: inspectionKeys.findings(appointmentId),
      queryFn: ({ signal }) => api.get<{ items: CarFinding[] }>(`/api/appointments/${appointmentId}/findings`, { signal }).then(({ items }) => items),
      staleTime: 5_000,
    }),
  /** Canned jobs that may mend what a point found, the likeliest first. */
  offers: (checklistId: string, itemId: string) =>
    queryOptions({
      queryKey: inspectionKeys.offers(itemId),
      queryFn: ({ signal }) => api.get<{ items: JobOffer[] }>(`/api/checklists/${checklistId}/items/${itemId}/findings/job`, { signal }).then(({ items }) => items),
      staleTime: 60_000,
    }),
  /** What the customer would see, and the exact text that would bring it. */
  report: (checklistId: string, body: ReportSend) =>
    queryOptions({
      queryKey: inspectionKeys.report(checklistId, body.how),
      queryFn: ({ signal }) => api.post<ReportPreview>(`/api/checklists/${checklistId}/report/preview`, { body, signal }),
      placeholderData: keepPreviousData,
      staleTime: 0,
    }),
  templates: (locationId: string, all = false) =>
    queryOptions({
      queryKey: inspectionKeys.templates(locationId, all),
      queryFn: ({ signal }) =>
        api.get<{ items: InspectionTemplate[] }>('/api/inspection-templates', { query: { locationId, ...(all ? { all: 'true' } : {}) }, signal }).then(({ items }) => items),
      staleTime: 30_000,
    }),
};
