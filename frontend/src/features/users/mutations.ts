import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/api';
import { useSession } from '@/contexts/SessionContext';
import { meKeys, shopKeys, userKeys } from '@/lib/query-keys';
import type { Person, Role } from '@/types';

export interface NewPerson {
  name: string;
  email: string;
  role: Role;
  locationIds: string[];
}
export type PersonChange = Partial<Pick<Person, 'name' | 'role' | 'isActive' | 'locationIds'>>;

/** Renews what shows people; one's own rights too when it was oneself. */
function useRenew(): (id?: string) => void {
  const client = useQueryClient();
  const { me } = useSession();
  return (id) => {
    void client.invalidateQueries({ queryKey: userKeys.all });
    void client.invalidateQueries({ queryKey: shopKeys.all });
    if (id === me.user.id) void client.invalidateQueries({ queryKey: meKeys.all });
  };
}

export function useCreatePerson() {
  const renew = useRenew();
  return useMutation({
    mutationFn: ({ person, idempotencyKey }: { person: NewPerson; idempotencyKey: string }) =>
      api.post<Person & { temporaryPassword?: string }>('/api/users', { body: person, idempotencyKey }),
    onSuccess: () => renew(),
  });
}

export function useChangePerson(id: string) {
  const renew = useRenew();
  return useMutation({
    mutationFn: ({ change, version }: { change: PersonChange; version: number | undefined }) =>
      api.patch<Person>(`/api/users/${id}`, { body: version === undefined ? change : { ...change, version } }),
    onSettled: () => renew(id),
  });
}

export function useResetPassword(id: string) {
  const renew = useRenew();
  return useMutation({
    mutationFn: () => api.post<{ temporaryPassword: string }>(`/api/users/${id}/password-reset`),
    onSuccess: () => renew(),
  });
}

export function useRemovePin(id: string) {
  const renew = useRenew();
  return useMutation({
    mutationFn: () => api.post<undefined>(`/api/users/${id}/pin-reset`),
    onSuccess: () => renew(id),
  });
}

export function useSignOutEverywhere(id: string) {
  const renew = useRenew();
  return useMutation({
    mutationFn: () => api.post<undefined>(`/api/users/${id}/sign-out`),
    onSuccess: () => renew(id),
  });
}

export function useSwitchOn() {
  const renew = useRenew();
  return useMutation({
    mutationFn: (person: Person) =>
      api.patch<Person>(`/api/users/${person.id}`, {
        body: { isActive: true, ...(person.version === undefined ? {} : { version: person.version }) },
      }),
    onSettled: () => renew(),
  });
}
