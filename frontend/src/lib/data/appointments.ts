import { queryOptions } from '@tanstack/react-query';
import { ApiError, api } from '@/api';
import { appointmentKeys } from '@/lib/query-keys';
import type { Appointment, AppointmentPatch, Collision, DrawerData, FoundVisit, JobHistory, NewAppointment, Page, Status } from '@/types';

/** Reads and writes of appointments that more than one feature needs. */

/** Everything the drawer shows at first, in one request. */
export function drawerQuery(id: string) {
  return queryOptions({
    queryKey: appointmentKeys.drawer(id),
    queryFn: ({ signal }) => api.get<DrawerData>(`/api/appointments/${id}`, { signal }),
    staleTime: 5_000,
  });
}

/** What was done with a job, newest first; what renews the drawer renews it too. */
export function historyQuery(id: string) {
  return queryOptions({
    queryKey: appointmentKeys.history(id),
    queryFn: ({ signal }) => api.get<JobHistory>(`/api/appointments/${id}/history`, { signal }),
    staleTime: 5_000,
  });
}

/** The job with this number, of any day; null where there is none. */
export function jobByNumber(number: string | null) {
  return queryOptions({
    queryKey: appointmentKeys.number(number ?? ''),
    queryFn: ({ signal }) =>
      api.get<Page<Appointment>>('/api/appointments', { query: { number: number ?? '', limit: 1 }, signal }).then((page) => page.items[0] ?? null),
    enabled: number !== null,
    staleTime: 10_000,
  });
}

/** The same for who keeps the books and may see its money alone. */
export function ledgerByNumber(number: string | null) {
  return queryOptions({
    queryKey: appointmentKeys.ledgerNumber(number ?? ''),
    queryFn: ({ signal }) => api.get<Page<FoundVisit>>('/api/payments/visits', { query: { number: number ?? '' }, signal }).then((page) => page.items[0] ?? null),
    enabled: number !== null,
    staleTime: 10_000,
  });
}

export function createAppointment(body: NewAppointment, idempotencyKey: string): Promise<Appointment> {
  return api.post<Appointment>('/api/appointments', { body, idempotencyKey });
}

export function patchAppointment(id: string, body: AppointmentPatch): Promise<Appointment> {
  return api.patch<Appointment>(`/api/appointments/${id}`, { body });
}

export function changeStatus(id: string, body: { status: Status; reason?: string; version?: number; override?: { reason: string } }): Promise<Appointment> {
  return api.patch<Appointment>(`/api/appointments/${id}/status`, { body });
}

export function deleteAppointment(id: string, version: number): Promise<void> {
  return api.delete(`/api/appointments/${id}`, { ifMatch: version });
}

export function restoreAppointment(id: string): Promise<Appointment> {
  return api.post<Appointment>(`/api/appointments/${id}/restore`, { body: {} });
}

export interface PreviewInput {
  appointmentId?: string;
  locationId?: string;
  start: string;
  end: string;
  techId?: string | null;
  bayId?: string | null;
}

/** What a time would collide with, without booking it. */
export function previewAppointment(body: PreviewInput, signal?: AbortSignal): Promise<{ collisions: Collision[] }> {
  return api.post<{ collisions: Collision[] }>('/api/appointments/preview', { body, signal });
}

/** The colliding jobs, when that is what the error is about. */
export function collisionsOf(error: unknown): Collision[] | null {
  if (!(error instanceof ApiError) || error.code !== 'overlap') return null;
  return error.extra<Collision[]>('collisions') ?? [];
}
