import { clsx } from 'clsx';
import type { WordKey } from '@/i18n/en';
import { t } from '@/i18n/t';
import { moneyText } from '@/lib/money';

/** From what is new to what is old: each has its words beside it, the colour only repeats them. */
const PARTS: readonly { word: WordKey; color: string }[] = [
  { word: 'unpaid.bucket.0', color: 'bg-ready-edge' },
  { word: 'unpaid.bucket.1', color: 'bg-scheduled-edge' },
  { word: 'unpaid.bucket.2', color: 'bg-in-progress-edge' },
  { word: 'unpaid.bucket.3', color: 'bg-no-show-edge' },
];

/** What is owed by age, as one bar with its legend. */
export function AgingBar({ cents, currency }: { cents: readonly number[]; currency: string }) {
  const all = cents.reduce((sum, one) => sum + one, 0);
  const words = PARTS.map(({ word }, index) => `${t(word)} ${moneyText(cents[index] ?? 0, currency)}`);
  return (
    <div>
      <div role="img" aria-label={t('unpaid.aging', { parts: words.join(', ') })} className="flex h-4 gap-0.5 overflow-hidden rounded-chip bg-sunken">
        {PARTS.map(({ word, color }, index) => {
          const share = all > 0 ? (cents[index] ?? 0) / all : 0;
          return share > 0 ? <span key={word} className={clsx('h-full min-w-1', color)} style={{ flexGrow: share }} /> : null;
        })}
      </div>
      <dl className="mt-3 grid grid-cols-2 gap-x-4 gap-y-2 sm:grid-cols-4">
        {PARTS.map(({ word, color }, index) => (
          <div key={word} className="min-w-0">
            <dt className="flex items-center gap-1.5 text-xs text-muted">
              <span aria-hidden className={clsx('size-2.5 shrink-0 rounded-[3px]', color)} />
              {t(word)}
            </dt>
            <dd className="tabular font-medium">{moneyText(cents[index] ?? 0, currency)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
