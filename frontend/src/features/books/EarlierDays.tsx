import { TriangleAlert } from 'lucide-react';
import { Button } from '@/components/ui/Button';
import { Toggle } from '@/components/ui/Toggle';
import { t } from '@/i18n/t';
import { moneyText } from '@/lib/money';
import { formatDay } from '@/lib/time';
import type { BooksDay } from '@/types';

const SHOWN = 8;

interface EarlierDaysProps {
  figures: BooksDay;
  isWith: boolean;
  /** Null for who may not close. */
  onWith: ((isWith: boolean) => void) | null;
  onDay: (day: string) => void;
}

/** Days before this one that have entries and are open: each leads to itself, or all are counted along. */
export function EarlierDays({ figures, isWith, onWith, onDay }: EarlierDaysProps) {
  const { day, earlierDays, currency } = figures;
  return (
    <section aria-label={t('day.earlier', { count: earlierDays.length })} className="rounded-control bg-warning-soft px-4 py-3" data-no-print>
      <p className="flex items-center gap-2 font-medium text-warning">
        <TriangleAlert size={16} aria-hidden className="shrink-0" />
        {t('day.earlier', { count: earlierDays.length })}
      </p>
      <p className="mt-1 text-ink">{t('day.earlier.detail')}</p>
      <ul role="list" className="mt-2 flex flex-wrap gap-2">
        {earlierDays.slice(0, SHOWN).map((one) => (
          <li key={one.day}>
            <Button size="sm" onClick={() => onDay(one.day)}>
              {[formatDay(one.day), moneyText(one.expectedCents, currency)].join(' · ')}
            </Button>
          </li>
        ))}
      </ul>
      {onWith ? (
        <div className="mt-2 text-ink">
          <Toggle isOn={isWith} onChange={onWith} label={t('day.earlier.with', { day: formatDay(day) })} />
        </div>
      ) : null}
    </section>
  );
}
