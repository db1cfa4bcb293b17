import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { PhotoMark } from '@/components/ui/PhotoMarks';
import { toast } from '@/components/ui/toast-store';
import { useSession } from '@/contexts/SessionContext';
import type { EncodedPhoto } from '@/features/photos/encode';
import { useAnnotatePhoto, useDeletePhoto } from '@/features/photos/mutations';
import { PhotoButton } from '@/features/photos/PhotoButton';
import { PhotoStrip } from '@/features/photos/PhotoStrip';
import type { ShownPhoto } from '@/features/photos/types';
import { uploadPhoto } from '@/features/photos/upload';
import '@/i18n/late/photos';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import { inspectionKeys } from '@/lib/query-keys';
import type { InspectionItem } from '@/types';

interface PointPhotosProps {
  item: InspectionItem;
  canAdd: boolean;
}

/** The photos of a point, and a way to add one at the desk: it is sent at once. */
export function PointPhotos({ item, canAdd }: PointPhotosProps) {
  const client = useQueryClient();
  const { can } = useSession();
  const [sending, setSending] = useState<readonly ShownPhoto[]>([]);
  const annotate = useAnnotatePhoto();
  const remove = useDeletePhoto();
  const renew = (): Promise<void> => client.invalidateQueries({ queryKey: inspectionKeys.all });
  const set = (id: string, changed: Partial<ShownPhoto>): void => setSending((now) => now.map((one) => (one.id === id ? { ...one, ...changed } : one)));

  const send = async ({ blob, width, height }: EncodedPhoto): Promise<void> => {
    const id = crypto.randomUUID();
    const url = URL.createObjectURL(blob);
    setSending((now) => [...now, { id, width, height, annotations: [], url, thumbnailUrl: url, progress: 0 }]);
    try {
      await uploadPhoto({ id, itemId: item.id, blob }, (sent, total) => set(id, { progress: sent / total }));
      await renew();
    } catch (error) {
      toast({ tone: 'error', title: t('photos.refused'), detail: errorWords(error) });
    } finally {
      URL.revokeObjectURL(url);
      setSending((now) => now.filter((one) => one.id !== id));
    }
  };
  const kept = item.photos.map((photo): ShownPhoto => photo);
  const photos = [...kept, ...sending.filter((one) => kept.every((photo) => photo.id !== one.id))];
  const mayDraw = canAdd && can('inspection:fill');
  if (photos.length === 0 && !canAdd) return null;
  return (
    <div className="flex flex-col gap-2">
      {photos.length > 0 ? (
        <PhotoStrip
          photos={photos}
          what={item.label}
          onStale={() => void renew()}
          {...(mayDraw
            ? {
                onAnnotate: (photo: ShownPhoto, annotations: PhotoMark[], version: number | undefined) => annotate.mutateAsync({ id: photo.id, annotations, version }).then(renew),
                onDelete: (photo: ShownPhoto) => remove.mutateAsync(photo.id).then(renew),
              }
            : {})}
        />
      ) : null}
      {canAdd ? (
        <div className="flex flex-wrap items-center gap-2">
          <PhotoButton what={item.label} onPhoto={(photo) => void send(photo)} />
        </div>
      ) : null}
    </div>
  );
}
