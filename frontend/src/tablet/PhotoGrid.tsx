import { useEffect, useState } from 'react';
import type { PhotoMark } from '@/components/ui/PhotoMarks';
import { PhotoStrip } from '@/features/photos/PhotoStrip';
import type { ShownPhoto } from '@/features/photos/types';
import type { Work } from '@/offline/work';
import type { Item, NewOperation, Photo } from '@/offline/types';
import { act } from './act';
import type { Place } from './acts';
import { annotate, removePhoto } from './acts';
import { keeper, useWork } from './work';

/** Addresses of the pictures that this tablet has, by their photos' ids. */
function useKeptPictures(item: Item): ReadonlyMap<string, string> {
  const [urls, setUrls] = useState<ReadonlyMap<string, string>>(new Map());
  const ids = item.photos.map((one) => one.id).join();
  useEffect(() => {
    const made: string[] = [];
    let isGone = false;
    void Promise.all(ids.split(',').filter(Boolean).map(keeper.readPhoto)).then((found) => {
      if (isGone) return;
      const entries = found.flatMap((photo): [string, string][] => {
        if (!photo) return [];
        const url = URL.createObjectURL(new Blob([photo.bytes], { type: photo.type }));
        made.push(url);
        return [[photo.id, url]];
      });
      setUrls(new Map(entries));
    });
    return () => {
      isGone = true;
      for (const url of made) URL.revokeObjectURL(url);
    };
  }, [ids]);
  return urls;
}

function shown(photo: Photo, kept: string | undefined, { operations, progress, states }: Work): ShownPhoto {
  const upload = operations.find((one) => one.kind === 'photo' && one.about.photoId === photo.id);
  const waits = states.get(photo.id);
  return {
    ...photo,
    annotations: photo.annotations ?? [],
    url: kept ?? photo.url,
    thumbnailUrl: kept ?? photo.thumbnailUrl,
    ...(waits ? { progress: (upload && progress.get(upload.id)) ?? null } : {}),
    problem: operations.find((one) => one.about.photoId === photo.id && one.error !== null)?.error?.words,
  };
}

/** Writes it down, or throws, so that the viewer keeps what was drawn. */
async function must(operation: NewOperation): Promise<void> {
  if (!(await act(operation))) throw new Error('Not kept');
}

/** The photos of a point: those that were taken here are here without any network. */
export function PhotoGrid({ place, isMine }: { place: Place; isMine: boolean }) {
  const work = useWork();
  const kept = useKeptPictures(place.item);
  if (place.item.photos.length === 0) return null;
  const find = (id: string): Photo | undefined => place.item.photos.find((one) => one.id === id);

  const onDelete = async ({ id }: ShownPhoto): Promise<void> => {
    const photo = find(id);
    if (!photo) return;
    const upload = keeper.read().operations.find((one) => one.kind === 'photo' && one.about.photoId === id);
    // What never left this tablet need not be taken back from the shop.
    if (upload && (await keeper.takeBack(upload.id))) return;
    await must(removePhoto(place, photo));
  };
  const onAnnotate = async ({ id }: ShownPhoto, marks: PhotoMark[]): Promise<void> => {
    const photo = find(id);
    if (photo) await must(annotate(place, photo, marks));
  };
  return (
    <PhotoStrip
      photos={place.item.photos.map((photo) => shown(photo, kept.get(photo.id), work))}
      what={place.item.label}
      onStale={keeper.sync}
      {...(isMine ? { onDelete, onAnnotate } : {})}
    />
  );
}
