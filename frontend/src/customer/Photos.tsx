import { ImageOff } from 'lucide-react';
import { useState } from 'react';
import { PhotoMarks } from '@/components/ui/PhotoMarks';
import type { ReportPhoto } from './api';
import { say } from './say';

/** What was photographed, with what the shop drew on it; each opens by itself, for zooming in. */
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
    <a href={url} target="_blank" rel="noreferrer" className="relative block overflow-hidden rounded-control border border-line bg-sunken" style={shape}>
      <img src={url} alt={words} loading="lazy" decoding="async" className="size-full object-cover" onError={() => setFailed(url)} />
      {width && height && photo.annotations.length > 0 ? <PhotoMarks marks={photo.annotations} width={width} height={height} /> : null}
    </a>
  );
}
