import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/api';
import type { PhotoMark } from '@/components/ui/PhotoMarks';
import { appointmentKeys } from '@/lib/query-keys';
import type { Photo } from './types';

/** Saves what was drawn on a photo, online. */
export function useAnnotatePhoto() {
  const renew = useRenewDrawers();
  return useMutation({
    mutationFn: ({ id, annotations, version }: { id: string; annotations: PhotoMark[]; version: number | undefined }) =>
      api.patch<Photo>(`/api/photos/${id}`, { body: { annotations, ...(version === undefined ? {} : { version }) } }),
    onSettled: renew,
  });
}

/** Deletes a photo, online. */
export function useDeletePhoto() {
  const renew = useRenewDrawers();
  return useMutation({ mutationFn: (id: string) => api.delete(`/api/photos/${id}`), onSuccess: renew });
}

/** Photos are shown with the visit that they belong to. */
function useRenewDrawers(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: appointmentKeys.all });
}
