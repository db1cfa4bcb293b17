import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/api';
import { meKeys } from '@/lib/query-keys';

/** Sets one's own password; every other session of one's own ends. */
export function useChangePassword() {
  return useMutation({
    mutationFn: (body: { currentPassword: string; newPassword: string }) => api.post<undefined>('/api/auth/password', { body }),
  });
}

/** Sets one's own PIN for shared tablets, or removes it; `me` tells whether there is one. */
export function usePin() {
  const client = useQueryClient();
  const onSuccess = (): Promise<void> => client.invalidateQueries({ queryKey: meKeys.all });
  return {
    set: useMutation({ mutationFn: (body: { currentPassword: string; pin: string }) => api.put<undefined>('/api/auth/pin', { body }), onSuccess }),
    remove: useMutation({ mutationFn: () => api.delete('/api/auth/pin'), onSuccess }),
  };
}
