import { useQuery } from '@tanstack/react-query';
import { Receipt } from 'lucide-react';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorState } from '@/components/ui/ErrorState';
import { Money } from '@/components/ui/Money';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { useShopLocation } from '@/contexts/LocationContext';
import { t } from '@/i18n/t';
import { percentText } from '@/lib/amounts';
import { moneyText } from '@/lib/money';
import type { TaxReport } from '@/types';
import { bookQueries } from './queries';
import { RangeFields, useRange } from './RangeFields';
import { HEAD, ROW, SUM, TABLE, TD, TD_NUMBER, TH, TH_NUMBER } from './table';

/** Sales tax of what was invoiced, by class and rate, and how it was rounded. */
export function Taxes() {
  const { location } = useShopLocation();
  const taxes = useQuery(bookQueries.taxes(location.id, useRange()));
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-6">
      <RangeFields />
      {taxes.data ? (
        taxes.data.netCents === 0 && taxes.data.rows.length === 0 ? (
          <EmptyState icon={Receipt} title={t('taxes.empty.title')} detail={t('taxes.empty.detail')} />
        ) : (
          <Report report={taxes.data} />
        )
      ) : taxes.error ? (
        <ErrorState error={taxes.error} onRetry={() => void taxes.refetch()} />
      ) : (
        <SkeletonLines lines={6} label={t('books.loading')} />
      )}
    </div>
  );
}

function Report({ report }: { report: TaxReport }) {
  const { currency, rows } = report;
  const amount = (cents: number) => <Money cents={cents} currency={currency} />;
  const off = rows.reduce((sum, row) => sum + row.onSumCents - row.taxCents, 0);
  return (
    <>
      <div className="overflow-x-auto">
        <table className={TABLE} aria-label={t('taxes.table')}>
          <thead className={HEAD}>
            <tr>
              <th scope="col" className={TH}>
                {t('taxes.column.class')}
              </th>
              <th scope="col" className={TH_NUMBER}>
                {t('taxes.column.rate')}
              </th>
              <th scope="col" className={TH_NUMBER}>
                {t('taxes.column.net')}
              </th>
              <th scope="col" className={TH_NUMBER}>
                {t('taxes.column.tax')}
              </th>
              <th scope="col" className={`${TH_NUMBER} max-sm:hidden`}>
                {t('taxes.column.onSum')}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.taxClass} ${row.taxBp}`} className={ROW}>
                <th scope="row" className={`${TD} text-left font-medium`}>
                  {t(`taxes.class.${row.taxClass}`)}
                </th>
                <td className={TD_NUMBER}>{`${percentText(row.taxBp)}%`}</td>
                <td className={TD_NUMBER}>{amount(row.netCents)}</td>
                <td className={TD_NUMBER}>{amount(row.taxCents)}</td>
                <td className={`${TD_NUMBER} text-muted max-sm:hidden`}>{amount(row.onSumCents)}</td>
              </tr>
            ))}
            <tr className={ROW}>
              <th scope="row" className={`${TD} text-left font-medium`}>
                {t('taxes.untaxed')}
              </th>
              <td />
              <td className={TD_NUMBER}>{amount(report.untaxedCents)}</td>
              <td className={TD_NUMBER}>{amount(0)}</td>
              <td className="max-sm:hidden" />
            </tr>
          </tbody>
          <tfoot>
            <tr className={SUM}>
              <th scope="row" className={`${TD} text-left font-semibold`}>
                {t('taxes.total')}
              </th>
              <td />
              <td className={TD_NUMBER}>{amount(report.netCents)}</td>
              <td className={TD_NUMBER}>{amount(report.taxCents)}</td>
              <td className="max-sm:hidden" />
            </tr>
          </tfoot>
        </table>
      </div>
      <section aria-labelledby="rounding-title" className="max-w-[80ch]">
        <h2 id="rounding-title" className="font-semibold">
          {t('taxes.rounding')}
        </h2>
        <p className="text-muted">
          {report.rounding} {off === 0 ? t('taxes.onSum.same') : t('taxes.onSum', { amount: moneyText(Math.abs(off), currency) })}
        </p>
      </section>
    </>
  );
}
