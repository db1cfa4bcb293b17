import { useQueryClient } from '@tanstack/react-query';
import { RotateCw, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button } from '@/components/ui/Button';
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
import { isUnjudged } from '@/lib/unsaved';
import type { InspectionItem } from '@/types';

interface PointPhotosProps {
  item: Pick<InspectionItem, 'id' | 'label' | 'photos'>;
  canAdd: boolean;
}

/** A photo that the shop has not got yet. */
interface Unsent {
  id: string;
  blob: Blob;
  url: string;
  width: number;
  height: number;
  /** From 0 to 1 while it is under way; null once the network or the server kept it from going on. */
  progress: number | null;
  /** Why it stays here. */
  problem: string | null;
}

/**
 * The photos of a point, and a way to add one at the desk: it is sent at once. One that did not get through stays here until it
 * does, or until the person gives it up.
 */
export function PointPhotos({ item, canAdd }: PointPhotosProps) {
  const client = useQueryClient();
  const { can } = useSession();
  const [unsent, setUnsent] = useState<readonly Unsent[]>([]);
  const annotate = useAnnotatePhoto();
  const remove = useDeletePhoto();
  const renew = (): Promise<void> => client.invalidateQueries({ queryKey: inspectionKeys.all });
  const set = (id: string, changed: Partial<Unsent>): void => setUnsent((now) => now.map((one) => (one.id === id ? { ...one, ...changed } : one)));
  const drop = ({ id, url }: Unsent): void => {
    URL.revokeObjectURL(url);
    setUnsent((now) => now.filter((one) => one.id !== id));
  };
  const last = useRef(unsent);
  useEffect(() => {
    last.current = unsent;
  });
  useEffect(() => () => last.current.forEach(({ url }) => URL.revokeObjectURL(url)), []);

  const send = async (photo: Unsent): Promise<void> => {
    const { id, blob } = photo;
    set(id, { progress: 0, problem: null });
    try {
      await uploadPhoto({ id, itemId: item.id, blob }, (sent, total) => set(id, { progress: sent / total }));
      await renew();
      drop(photo);
    } catch (error) {
      if (isUnjudged(error)) {
        set(id, { progress: null, problem: errorWords(error) });
        return;
      }
      // The shop does not want it, now or later.
      toast({ tone: 'error', title: t('photos.refused'), detail: errorWords(error) });
      drop(photo);
    }
  };
  const take = ({ blob, width, height }: EncodedPhoto): void => {
    const photo: Unsent = { id: crypto.randomUUID(), blob, url: URL.createObjectURL(blob), width, height, progress: 0, problem: null };
    setUnsent((now) => [...now, photo]);
    void send(photo);
  };
  const waiting = unsent.filter((one) => item.photos.every((photo) => photo.id !== one.id));
  const shown = waiting.map(({ id, width, height, url, progress }): ShownPhoto => ({ id, width, height, annotations: [], url, thumbnailUrl: url, progress }));
  const photos = [...item.photos.map((photo): ShownPhoto => photo), ...shown];
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
                onDelete: (photo: ShownPhoto) => {
                  const own = waiting.find((one) => one.id === photo.id);
                  return own ? Promise.resolve(drop(own)) : remove.mutateAsync(photo.id).then(renew);
                },
              }
            : {})}
        />
      ) : null}
      {waiting.map((photo, index) =>
        photo.problem === null ? null : (
          <div key={photo.id} role="alert" className="flex flex-wrap items-center gap-2 rounded-control bg-danger-soft px-3 py-2 text-danger">
            <p className="min-w-0 flex-1 basis-56">
              <span className="font-medium">{t('photos.unsent', { number: item.photos.length + index + 1 })}</span> {photo.problem}
            </p>
            <Button size="sm" icon={<RotateCw size={14} aria-hidden />} onClick={() => void send(photo)}>
              {t('photos.again')}
            </Button>
            <Button size="sm" tone="ghost" icon={<X size={14} aria-hidden />} onClick={() => drop(photo)}>
              {t('photos.giveUp')}
            </Button>
          </div>
        ),
      )}
      {canAdd ? (
        <div className="flex flex-wrap items-center gap-2">
          <PhotoButton what={item.label} onPhoto={take} />
        </div>
      ) : null}
    </div>
  );
}
