import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/api';
import { appointmentKeys, customerKeys, vehicleKeys } from '@/lib/query-keys';
import type { Customer, PossibleDuplicate, Vehicle } from '@/types';

export const CUSTOMER_FIELDS = ['name', 'company', 'phone', 'email', 'timezone', 'notes'] as const;
export type CustomerField = (typeof CUSTOMER_FIELDS)[number];
/** A field that is not named stays as it is; null empties it. */
export type CustomerDraft = Partial<Record<CustomerField, string | null>>;

export const VEHICLE_FIELDS = ['vin', 'year', 'make', 'model', 'trim', 'engine', 'color', 'plate', 'plateState', 'mileage', 'notes'] as const;
export type VehicleField = (typeof VEHICLE_FIELDS)[number];
export type VehicleDraft = Partial<Pick<Vehicle, VehicleField | 'customerId'>>;

type Created = Customer & { possibleDuplicates?: PossibleDuplicate[] };

/** What shows a customer's name, phone or car, beside the customer itself. */
function useRenew(): () => Promise<unknown> {
  const client = useQueryClient();
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: customerKeys.all }),
      client.invalidateQueries({ queryKey: vehicleKeys.all }),
      client.invalidateQueries({ queryKey: appointmentKeys.all }),
    ]);
}

export function useCreateCustomer() {
  const client = useQueryClient();
  const renew = useRenew();
  return useMutation({
    mutationFn: ({ draft, idempotencyKey }: { draft: CustomerDraft; idempotencyKey: string }) =>
      api.post<Created>('/api/customers', { body: draft, idempotencyKey }),
    onSuccess: ({ possibleDuplicates, ...customer }) => {
      client.setQueryData(customerKeys.one(customer.id), customer);
      if (possibleDuplicates) client.setQueryData(customerKeys.duplicates(customer.id), possibleDuplicates);
      void renew();
    },
  });
}

/** Saves fields against the version that the editor saw; changes of others to other fields stay. */
export function usePatchCustomer(id: string) {
  const client = useQueryClient();
  const renew = useRenew();
  return useMutation({
    mutationFn: ({ draft, version }: { draft: CustomerDraft; version: number }) =>
      api.patch<Customer>(`/api/customers/${id}`, { body: { ...draft, version } }),
    onSuccess: (customer) => {
      client.setQueryData<Customer>(customerKeys.one(id), (before) => ({ ...before, ...customer }));
      void renew();
    },
  });
}

export function useDeleteCustomer(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (version: number) => api.delete(`/api/customers/${id}`, { ifMatch: version }),
    onSuccess: () => {
      // The page of a deleted customer is left; what it showed is not asked for again.
      void client.invalidateQueries({ queryKey: customerKeys.lists() });
    },
  });
}

/** Moves everything of the duplicate to the customer and takes over the fields named `take`. */
export function useMergeCustomers(id: string) {
  const client = useQueryClient();
  const renew = useRenew();
  return useMutation({
    mutationFn: (body: { duplicateId: string; fields: Partial<Record<CustomerField, 'keep' | 'take'>> }) =>
      api.post<Customer>(`/api/customers/${id}/merge`, { body }),
    onSuccess: (customer, { duplicateId }) => {
      client.setQueryData<Customer>(customerKeys.one(id), (before) => ({ ...before, ...customer }));
      client.removeQueries({ queryKey: customerKeys.one(duplicateId) });
      void renew();
    },
  });
}

export function useCreateVehicle() {
  const renew = useRenew();
  return useMutation({
    mutationFn: ({ draft, idempotencyKey }: { draft: VehicleDraft; idempotencyKey: string }) =>
      api.post<Vehicle>('/api/vehicles', { body: draft, idempotencyKey }),
    onSuccess: () => void renew(),
  });
}

export function usePatchVehicle(id: string) {
  const renew = useRenew();
  return useMutation({
    mutationFn: ({ draft, version }: { draft: VehicleDraft; version: number }) =>
      api.patch<Vehicle>(`/api/vehicles/${id}`, { body: { ...draft, version } }),
    onSuccess: () => void renew(),
  });
}

export function useDeleteVehicle(id: string) {
  const renew = useRenew();
  return useMutation({
    mutationFn: (version: number) => api.delete(`/api/vehicles/${id}`, { ifMatch: version }),
    onSuccess: () => void renew(),
  });
}
