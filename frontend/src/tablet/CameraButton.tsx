import { clsx } from 'clsx';
import { Camera } from 'lucide-react';
import { useState } from 'react';
import { toast } from '@/components/ui/toast-store';
import { encodePhoto, UnreadablePhotoError } from '@/features/photos/encode';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { act } from './act';
import type { Place } from './acts';
import { bytesOf, takePhoto } from './acts';
import { bigClasses } from './big';

/** Takes a photo of a point: drawn anew here, so that neither place nor size leave the tablet as they were, and put into the queue. */
export function CameraButton({ place, isNeeded }: { place: Place; isNeeded: boolean }) {
  const [isWorking, setWorking] = useState(false);
  const take = async (files: FileList | null): Promise<void> => {
    setWorking(true);
    try {
      for (const file of files ?? []) {
        const picture = await bytesOf(await encodePhoto(file));
        if (await act(...takePhoto(place, picture))) announce(t('tablet.state.here'));
      }
    } catch (error) {
      if (!(error instanceof UnreadablePhotoError)) throw error;
      toast({ tone: 'error', title: t('tablet.check.photo.unreadable'), key: 'unreadable photo' });
    } finally {
      setWorking(false);
    }
  };
  return (
    <label
      className={clsx(
        bigClasses('plain', 'relative cursor-pointer has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus'),
        isNeeded && 'border-no-show-edge bg-danger-soft text-danger',
      )}
    >
      <Camera aria-hidden />
      {t(isWorking ? 'tablet.check.photo.working' : isNeeded ? 'tablet.check.photo.needed' : 'tablet.check.photo')}
      <input
        type="file"
        accept="image/*"
        capture="environment"
        aria-label={t('tablet.check.photo.of', { label: place.item.label })}
        className="absolute inset-0 size-full cursor-pointer opacity-0"
        disabled={isWorking}
        onChange={(event) => {
          const { currentTarget } = event;
          void take(currentTarget.files).then(() => {
            // The same file again is another photo.
            currentTarget.value = '';
          });
        }}
      />
    </label>
  );
}
