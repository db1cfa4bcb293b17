import { useMutation } from '@tanstack/react-query';
import { api } from '@/api';

/** Sets one's own password; every other session of one's own ends. */
export function useChangePassword() {
  return useMutation({
    mutationFn: (body: { currentPassword: string; newPassword: string }) => api.post<undefined>('/api/auth/password', { body }),
  });
}
