import { ImageOff, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { PhotoMarks } from '@/components/ui/PhotoMarks';
import type { ReportPhoto } from './api';
import { Act } from './parts';
import { say } from './say';

/** What was photographed, with what the shop drew on it; each opens as large as the phone is. */
export function Photos({ photos, what }: { photos: readonly ReportPhoto[]; what: string }) {
  if (photos.length === 0) return null;
  return (
    <ul role="list" className={photos.length > 1 ? 'grid grid-cols-2 gap-2' : ''}>
      {photos.map((photo, index) => (
        <li key={photo.id}>
          <Photo photo={photo} words={say('visit.photo', { number: index + 1, what })} />
        </li>
      ))}
    </ul>
  );
}

function Photo({ photo, words }: { photo: ReportPhoto; words: string }) {
  const [failed, setFailed] = useState<string | null>(null);
  const [isOpen, setOpen] = useState(false);
  const { width, height, url } = photo;
  const shape = width && height ? { aspectRatio: `${width} / ${height}` } : undefined;
  // The page asks for fresh addresses by itself; one that ended says so until then.
  if (url === null || failed === url) {
    return (
      <p className="flex min-h-32 items-center justify-center gap-2 rounded-control bg-sunken p-3 text-muted" style={shape}>
        <ImageOff aria-hidden size={20} />
        {say('visit.photo.failed')}
      </p>
    );
  }
  return (
    <>
      <button type="button" className="relative block w-full overflow-hidden rounded-control border border-line bg-sunken" style={shape} onClick={() => setOpen(true)}>
        <img src={url} alt={words} loading="lazy" decoding="async" className="size-full object-cover" onError={() => setFailed(url)} />
        <Marks photo={photo} />
      </button>
      {isOpen ? <Large photo={photo} url={url} words={words} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function Marks({ photo: { width, height, annotations } }: { photo: ReportPhoto }) {
  return width && height && annotations.length > 0 ? <PhotoMarks marks={annotations} width={width} height={height} /> : null;
}

/** One photo in front of the page. It can be pulled larger with two fingers, as the page can. */
function Large({ photo, url, words, onClose }: { photo: ReportPhoto; url: string; words: string; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { width, height } = photo;
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    // The browser's own dialog: Escape closes it and the keyboard stays inside.
    <dialog ref={dialog} aria-label={words} className="m-auto max-h-dvh w-full max-w-5xl flex-col gap-3 bg-surface p-3 text-ink backdrop:bg-scrim open:flex" onClose={onClose}>
      <div
        className="relative mx-auto max-w-full"
        style={width && height ? { aspectRatio: `${width} / ${height}`, width: `min(100%, ${(80 * width) / height}dvh)` } : undefined}
      >
        <img src={url} alt={words} className="size-full object-contain" />
        <Marks photo={photo} />
      </div>
      <Act onClick={() => dialog.current?.close()}>
        <X aria-hidden size={20} />
        {say('visit.photo.close')}
      </Act>
    </dialog>
  );
}
