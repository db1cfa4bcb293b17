import { TrendingDown, TrendingUp } from 'lucide-react';
import { Badge } from '@/components/ui/Badge';
import { Money } from '@/components/ui/Money';
import '@/i18n/late/services';
import { t } from '@/i18n/t';
import { percentText } from '@/lib/amounts';
import type { Sheet } from '@/types';

/** What will be charged, and the margin against the location's target: below it warns, it never blocks. */
export function Sums({ totals }: { totals: NonNullable<Sheet['totals']> }) {
  const { marginBp, marginTargetBp = 0, unknownCosts = 0 } = totals;
  const hasMargin = marginBp !== null && marginBp !== undefined;
  const isLow = hasMargin && marginBp < marginTargetBp;
  const target = percentText(marginTargetBp);
  return (
    <section aria-label={t('services.sums')} className="rounded-panel bg-sunken px-3 py-2">
      <dl className="flex flex-col gap-1">
        <Row word={t('services.sums.net')} cents={totals.netCents} />
        {totals.discountCents ? <Row word={t('services.sums.discount')} cents={totals.discountCents} /> : null}
        <Row word={t('services.sums.tax')} cents={totals.taxCents} />
        <div className="flex justify-between border-t border-line-strong pt-1 text-base font-semibold">
          <dt>{t('services.total')}</dt>
          <dd>
            <Money cents={totals.totalCents} />
          </dd>
        </div>
        {hasMargin ? (
          <div className="flex flex-wrap items-center justify-between gap-2 pt-1">
            <dt className="text-muted">{t('services.margin')}</dt>
            <dd className="flex flex-wrap items-center justify-end gap-2">
              <span className="tabular">{t(unknownCosts > 0 ? 'services.margin.most' : 'services.margin.value', { percent: percentText(Math.round(marginBp / 10) * 10) })}</span>
              {isLow || unknownCosts === 0 ? (
                <Badge tone={isLow ? 'warning' : 'success'} icon={isLow ? TrendingDown : TrendingUp}>
                  {t(isLow ? 'services.margin.low' : 'services.margin.fine', { percent: target })}
                </Badge>
              ) : null}
            </dd>
          </div>
        ) : null}
      </dl>
      {unknownCosts > 0 ? <p className="pt-1 text-xs text-muted">{t('services.margin.unknown', { count: unknownCosts })}</p> : null}
    </section>
  );
}

function Row({ word, cents }: { word: string; cents: number | undefined }) {
  return (
    <div className="flex justify-between">
      <dt className="text-muted">{word}</dt>
      <dd>
        <Money cents={cents} />
      </dd>
    </div>
  );
}
