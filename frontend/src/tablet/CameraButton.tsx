import { clsx } from 'clsx';
import { Camera } from 'lucide-react';
import { useState } from 'react';
import { toast } from '@/components/ui/toast-store';
import { encodePhoto, UnreadablePhotoError } from '@/features/photos/encode';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { act } from './act';
import type { Picture, Place } from './acts';
import { bytesOf, takePhoto } from './acts';
import { bigClasses } from './big';

interface TakePhotoProps {
  /** What stands on the button, and of what the photo is. */
  words: string;
  name: string;
  isNeeded?: boolean;
  className?: string;
  onTake: (picture: Picture) => Promise<void> | void;
  /** Whether a picture is being drawn, which is nobody's yet. */
  onWorking?: (isWorking: boolean) => void;
}

/** Opens the camera. What it takes is drawn anew here, so that neither place nor size leave the tablet as they were. */
export function TakePhoto({ words, name, isNeeded = false, className, onTake, onWorking }: TakePhotoProps) {
  const [isWorking, setOwn] = useState(false);
  const setWorking = (isNow: boolean): void => {
    setOwn(isNow);
    onWorking?.(isNow);
  };
  const take = async (files: FileList | null): Promise<void> => {
    setWorking(true);
    try {
      for (const file of files ?? []) await onTake(await bytesOf(await encodePhoto(file)));
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
        bigClasses('plain', clsx('relative cursor-pointer has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus', className)),
        isNeeded && 'border-no-show-edge bg-danger-soft text-danger',
      )}
    >
      <Camera aria-hidden />
      {isWorking ? t('tablet.check.photo.working') : words}
      <input
        type="file"
        accept="image/*"
        capture="environment"
        aria-label={name}
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

/** Takes a photo of a point and puts it into the queue. */
export function CameraButton({ place, isNeeded, className }: { place: Place; isNeeded: boolean; className?: string }) {
  const keep = async (picture: Picture): Promise<void> => {
    if (await act(...takePhoto(place, picture))) announce(t('tablet.state.here'));
  };
  return (
    <TakePhoto
      words={t(isNeeded ? 'tablet.check.photo.needed' : 'tablet.check.photo')}
      name={t('tablet.check.photo.of', { label: place.item.label })}
      isNeeded={isNeeded}
      onTake={keep}
      {...(className ? { className } : {})}
    />
  );
}
