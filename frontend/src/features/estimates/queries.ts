import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from '@/api';
import { estimateKeys } from '@/lib/query-keys';
import type { AnswerSums, EstimateAnswer, EstimatePreview, Estimates, ShowEstimate } from '@/types';

export const estimateQueries = {
  overview: (appointmentId: string) =>
    queryOptions({
      queryKey: estimateKeys.overview(appointmentId),
      queryFn: ({ signal }) => api.get<Estimates>(`/api/appointments/${appointmentId}/estimates`, { signal }),
      staleTime: 5_000,
    }),
  /** What the customer would be shown, and the exact text that would bring it. */
  preview: (appointmentId: string, body: ShowEstimate) =>
    queryOptions({
      queryKey: estimateKeys.preview(appointmentId, body),
      queryFn: ({ signal }) => api.post<EstimatePreview>(`/api/appointments/${appointmentId}/estimates/preview`, { body, signal }),
      placeholderData: keepPreviousData,
      staleTime: 0,
    }),
  /** What these answers would add. */
  sums: (appointmentId: string, answers: readonly EstimateAnswer[]) =>
    queryOptions({
      queryKey: estimateKeys.sums(appointmentId, answers),
      queryFn: ({ signal }) => api.post<AnswerSums>(`/api/appointments/${appointmentId}/approvals/sums`, { body: { answers }, signal }),
      staleTime: 0,
      enabled: answers.length > 0,
    }),
};
