import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/api';
import { catalogKeys } from '@/lib/query-keys';
import type { CatalogJob, LaborRate, LocationSettings, NewCatalogJob, Rates } from '@/types';

export type SettingsChange = Partial<Omit<LocationSettings, 'id' | 'name' | 'version'>>;
export interface RatesChange {
  laborRates?: LaborRate[];
  taxRates?: Record<string, string>;
}

function useRenew(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: catalogKeys.all });
}

export function useCreateJob() {
  const renew = useRenew();
  return useMutation({
    mutationFn: ({ job, idempotencyKey }: { job: NewCatalogJob; idempotencyKey: string }) =>
      api.post<CatalogJob>('/api/catalog/jobs', { body: job, idempotencyKey }),
    onSuccess: renew,
  });
}

/** Saves what was changed against the version that the editor saw; what others changed in other fields stays. */
export function useChangeJob(id: string) {
  const renew = useRenew();
  return useMutation({
    mutationFn: ({ change, version }: { change: Partial<NewCatalogJob>; version: number }) =>
      api.patch<CatalogJob>(`/api/catalog/jobs/${id}`, { body: { ...change, version } }),
    onSettled: renew,
  });
}

export function useDeleteJob() {
  const renew = useRenew();
  return useMutation({
    mutationFn: ({ id, version }: CatalogJob) => api.delete(`/api/catalog/jobs/${id}`, { ifMatch: version }),
    onSettled: renew,
  });
}

export function useChangeRates(locationId: string) {
  const renew = useRenew();
  return useMutation({
    mutationFn: ({ change, version }: { change: RatesChange; version: number }) =>
      api.put<Rates>('/api/catalog/rates', { body: { locationId, ...change, version } }),
    onSettled: renew,
  });
}

export function useChangeSettings(locationId: string) {
  const renew = useRenew();
  return useMutation({
    mutationFn: ({ change, version }: { change: SettingsChange; version: number }) =>
      api.patch<LocationSettings>(`/api/locations/${locationId}`, { body: { ...change, version } }),
    onSettled: renew,
  });
}
