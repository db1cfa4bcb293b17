import { ImageOff, Trash2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import type { Photo } from '@/offline/types';
import type { Place } from './acts';
import { removePhoto } from './acts';
import { StateMark } from './StateMark';
import { keeper, useWork } from './work';

/** The picture as this tablet has it; null where only the shop has, undefined while that is looked up. */
export function useKeptPicture(id: string): string | null | undefined {
  const [url, setUrl] = useState<string | null | undefined>(undefined);
  useEffect(() => {
    let made: string | null = null;
    let isGone = false;
    void keeper.readPhoto(id).then((photo) => {
      if (isGone) return;
      made = photo ? URL.createObjectURL(new Blob([photo.bytes], { type: photo.type })) : null;
      setUrl(made);
    });
    return () => {
      isGone = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [id]);
  return url;
}

/** The photos of a point: those of this tablet are here without any network. */
export function PhotoGrid({ place, isMine }: { place: Place; isMine: boolean }) {
  const [open, setOpen] = useState<string | null>(null);
  const { photos } = place.item;
  const shown = photos.find((one) => one.id === open);
  if (photos.length === 0) return null;
  return (
    <>
      <ul role="list" className="flex flex-wrap gap-3">
        {photos.map((photo, index) => (
          <li key={photo.id}>
            <PhotoTile photo={photo} label={t('tablet.check.photo.number', { number: index + 1, label: place.item.label })} onOpen={() => setOpen(photo.id)} />
          </li>
        ))}
      </ul>
      {shown ? <PhotoDialog place={place} photo={shown} isMine={isMine} onClose={() => setOpen(null)} /> : null}
    </>
  );
}

function PhotoTile({ photo, label, onOpen }: { photo: Photo; label: string; onOpen: () => void }) {
  const { states, progress, operations } = useWork();
  const state = states.get(photo.id);
  const upload = operations.find((one) => one.kind === 'photo' && one.about.photoId === photo.id);
  const part = upload ? progress.get(upload.id) : undefined;
  return (
    <button type="button" aria-label={label} className="flex w-36 flex-col gap-1 rounded-control border border-line-strong bg-surface p-1 hover:bg-hover" onClick={onOpen}>
      <Picture photo={photo} isSmall />
      <span className="px-1 pb-0.5">
        <StateMark state={state} words={part === undefined ? undefined : t('tablet.state.uploaded', { percent: Math.round(part * 100) })} />
      </span>
    </button>
  );
}

function Picture({ photo, isSmall }: { photo: Photo; isSmall: boolean }) {
  const kept = useKeptPicture(photo.id);
  const [isMissing, setMissing] = useState(false);
  const source = kept ?? (kept === null ? (isSmall ? photo.thumbnailUrl : photo.url) : null);
  const size = isSmall ? 'h-24 w-full rounded-chip object-cover' : 'max-h-[60dvh] w-full rounded-control object-contain';
  if (source && !isMissing) return <img src={source} alt="" className={size} onError={() => setMissing(true)} />;
  return (
    <span className="flex h-24 w-full flex-col items-center justify-center gap-1 rounded-chip bg-sunken p-1 text-center text-xs">
      <ImageOff aria-hidden size={20} />
      {kept === undefined ? null : t('tablet.check.photo.away')}
    </span>
  );
}

function PhotoDialog({ place, photo, isMine, onClose }: { place: Place; photo: Photo; isMine: boolean; onClose: () => void }) {
  const number = place.item.photos.findIndex((one) => one.id === photo.id) + 1;
  const remove = async (): Promise<void> => {
    onClose();
    const { operations } = keeper.read();
    const upload = operations.find((one) => one.kind === 'photo' && one.about.photoId === photo.id);
    // What never left this tablet need not be taken back from the shop.
    if (upload && (upload.tries === 0 || upload.error)) await keeper.discard(upload.id);
    if (!upload || upload.tries > 0) await keeper.add(removePhoto(place, photo));
  };
  return (
    <Dialog
      title={t('tablet.check.photo.number', { number, label: place.item.label })}
      size="lg"
      onClose={onClose}
      footer={
        isMine ? (
          <Button tone="danger" icon={<Trash2 aria-hidden size={20} />} onClick={() => void remove()}>
            {t('tablet.check.photo.remove')}
          </Button>
        ) : null
      }
    >
      <Picture photo={photo} isSmall={false} />
    </Dialog>
  );
}
