import { Camera } from 'lucide-react';
import type { ChangeEvent } from 'react';
import { useRef, useState } from 'react';
import { buttonClasses } from '@/components/ui/Button';
import '@/i18n/late/photos';
import { t } from '@/i18n/t';
import type { EncodedPhoto } from './encode';
import { UnreadablePhotoError, encodePhoto } from './encode';

interface PhotoButtonProps {
  /** Called once for each photo, after it was drawn anew on this device. */
  onPhoto: (photo: EncodedPhoto) => void;
  /** Of which thing; for who can't see where the button stands. */
  what: string;
}

/** Opens the camera, or where there is none the file chooser. */
export function PhotoButton({ onPhoto, what }: PhotoButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  const [isPending, setPending] = useState(false);
  const [problem, setProblem] = useState<string>();

  const onChange = async (event: ChangeEvent<HTMLInputElement>): Promise<void> => {
    const files = [...(event.currentTarget.files ?? [])];
    // The same file may be chosen again.
    event.currentTarget.value = '';
    setProblem(undefined);
    setPending(true);
    for (const file of files) {
      try {
        onPhoto(await encodePhoto(file));
      } catch (error) {
        if (!(error instanceof UnreadablePhotoError)) throw error;
        setProblem(t('photo.unreadable'));
      }
    }
    setPending(false);
  };

  return (
    <>
      <button
        type="button"
        className={buttonClasses()}
        disabled={isPending}
        aria-busy={isPending || undefined}
        onClick={() => input.current?.click()}
      >
        <Camera size={18} aria-hidden />
        {isPending ? t('photos.add.pending') : t('photos.add')}
        <span className="sr-only">{`, ${what}`}</span>
      </button>
      <input
        ref={input}
        type="file"
        accept="image/*"
        capture="environment"
        hidden
        data-testid="photo-input"
        onChange={(event) => void onChange(event)}
      />
      {problem ? (
        <p role="alert" className="basis-full font-medium text-danger">
          {problem}
        </p>
      ) : null}
    </>
  );
}
