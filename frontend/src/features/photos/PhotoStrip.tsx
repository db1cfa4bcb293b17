import { CloudOff, ImageOff, TriangleAlert, Upload } from 'lucide-react';
import { useState } from 'react';
import { PhotoMarks } from '@/components/ui/PhotoMarks';
import '@/i18n/late/photos';
import { t } from '@/i18n/t';
import type { PhotoActs } from './PhotoViewer';
import { PhotoViewer } from './PhotoViewer';
import type { ShownPhoto } from './types';

interface PhotoStripProps extends PhotoActs {
  photos: readonly ShownPhoto[];
  /** Whose photos these are, in words: "Front brake pads". */
  what: string;
}

/** The photos of a point as small pictures with their marks and their state; each opens the viewer. */
export function PhotoStrip({ photos, what, ...acts }: PhotoStripProps) {
  const [openId, setOpenId] = useState<string | null>(null);
  if (photos.length === 0) return <p className="text-muted">{t('photos.none')}</p>;
  return (
    <>
      <ul role="list" aria-label={t('photos.list', { what })} className="grid grid-cols-[repeat(auto-fill,minmax(6rem,1fr))] gap-2">
        {photos.map((photo, index) => (
          <li key={photo.id}>
            <button
              type="button"
              aria-label={label(photo, index + 1, what)}
              className="relative block aspect-[4/3] w-full overflow-hidden rounded-control border border-line bg-sunken"
              onClick={() => setOpenId(photo.id)}
            >
              <Thumbnail key={photo.thumbnailUrl} photo={photo} onStale={acts.onStale} />
              <State photo={photo} />
            </button>
          </li>
        ))}
      </ul>
      {openId === null ? null : (
        <PhotoViewer photos={photos} what={what} openId={openId} onOpen={setOpenId} onClose={() => setOpenId(null)} {...acts} />
      )}
    </>
  );
}

function Thumbnail({ photo, onStale }: { photo: ShownPhoto; onStale?: (() => void) | undefined }) {
  const [isMissing, setMissing] = useState(false);
  const url = photo.thumbnailUrl ?? photo.url;
  if (url === null || isMissing) {
    return (
      <span className="flex size-full items-center justify-center text-muted">
        <ImageOff size={22} aria-hidden />
      </span>
    );
  }
  return (
    <>
      <img
        src={url}
        alt=""
        loading="lazy"
        decoding="async"
        className="size-full object-cover"
        onError={() => {
          setMissing(true);
          onStale?.();
        }}
      />
      <Marks photo={photo} />
    </>
  );
}

/** The marks, cut off where the small picture cuts the photo off. */
function Marks({ photo: { width, height, annotations } }: { photo: ShownPhoto }) {
  if (!width || !height || annotations.length === 0) return null;
  const isWide = width / height > 4 / 3;
  const size = isWide ? { height: '100%', aspectRatio: `${width} / ${height}` } : { width: '100%', aspectRatio: `${width} / ${height}` };
  return (
    <span className="pointer-events-none absolute top-1/2 left-1/2 -translate-1/2" style={size}>
      <PhotoMarks marks={annotations} width={width} height={height} weight={4} />
    </span>
  );
}

function State({ photo: { progress, problem } }: { photo: ShownPhoto }) {
  if (progress === undefined && !problem) return null;
  const [Icon, word] = problem
    ? ([TriangleAlert, t('photos.refused')] as const)
    : progress === null || progress === undefined
      ? ([CloudOff, t('photos.waiting')] as const)
      : ([Upload, t('photos.sending', { percent: Math.floor(progress * 100) })] as const);
  return (
    <span
      className={`absolute inset-x-0 bottom-0 flex items-center justify-center gap-1 px-1 py-0.5 text-xs font-medium ${problem ? 'bg-danger-soft text-danger' : 'bg-info-soft text-info'}`}
    >
      <Icon size={14} aria-hidden />
      {word}
    </span>
  );
}

function label({ progress, problem, annotations }: ShownPhoto, number: number, what: string): string {
  const open = problem
    ? t('photos.open.refused', { number, what })
    : progress === undefined
      ? t('photos.open', { number, what })
      : progress === null
        ? t('photos.open.waiting', { number, what })
        : t('photos.open.sending', { number, what, percent: Math.floor(progress * 100) });
  return annotations.length === 0 ? open : t('photos.open.marked', { label: open, count: annotations.length });
}
