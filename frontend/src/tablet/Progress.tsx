import '@/i18n/late/tablet';
import { t } from '@/i18n/t';

/** How many points are answered, as a bar; the words stand beside it. */
export function Progress({ done, count }: { done: number; count: number }) {
  return (
    <span
      role="progressbar"
      aria-label={t('tablet.check.progress.words', { done, count })}
      aria-valuemin={0}
      aria-valuemax={count}
      aria-valuenow={done}
      className="h-2.5 min-w-16 flex-1 overflow-hidden rounded-full bg-sunken"
    >
      <span className="block h-full rounded-full bg-ready-edge" style={{ width: `${count === 0 ? 0 : (done / count) * 100}%` }} />
    </span>
  );
}
