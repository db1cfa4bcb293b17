import '@/i18n/late/inspections';
import { t } from '@/i18n/t';
import type { CarFinding } from '@/types';

/** Photos in small, each a way to the whole of it. */
export function Thumbnails({ label, photos }: { label: string; photos: CarFinding['photos'] }) {
  const shown = photos.filter((photo) => photo.url !== null);
  if (shown.length === 0) return null;
  return (
    <ul role="list" className="flex flex-wrap gap-2">
      {shown.map((photo, index) => (
        <li key={photo.id}>
          <a href={photo.url ?? undefined} target="_blank" rel="noreferrer" aria-label={t('inspection.photo.open', { number: index + 1, label })} className="block rounded-control">
            <img src={photo.thumbnailUrl ?? undefined} alt="" width={72} height={72} loading="lazy" className="size-18 rounded-control border border-line bg-sunken object-cover" />
          </a>
        </li>
      ))}
    </ul>
  );
}
