import { useQuery } from '@tanstack/react-query';
import { CircleCheck } from 'lucide-react';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorState } from '@/components/ui/ErrorState';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { Money } from '@/components/ui/Money';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { useAppointmentActions } from '@/contexts/AppointmentContext';
import { useShopLocation } from '@/contexts/LocationContext';
import { t } from '@/i18n/t';
import { formatPlainDay, isDate } from '@/lib/time';
import { useUrlState } from '@/lib/url-state';
import type { Owed } from '@/types';
import { AgingBar } from './AgingBar';
import { DebtTable } from './DebtTable';
import { bookQueries } from './queries';
import { HEAD, ROW, TABLE, TD, TD_NUMBER, TH, TH_NUMBER } from './table';
import { useToday } from './useToday';

/** What is owed to the location as of a day, by age and by customer, and what was not invoiced yet. */
export function Unpaid() {
  const { location } = useShopLocation();
  const { params, set } = useUrlState();
  const today = useToday();
  const asked = params.get('asOf');
  const asOf = isDate(asked) ? asked : today;
  const owed = useQuery(bookQueries.unpaid(location.id, asOf));
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-6">
      <div className="w-44" data-no-print>
        <Field label={t('unpaid.asOf')}>
          {(control) => (
            <Input
              {...control}
              type="date"
              value={asOf}
              max={today}
              onChange={(event) => isDate(event.target.value) && set({ asOf: event.target.value === today ? null : event.target.value })}
            />
          )}
        </Field>
      </div>
      {owed.data ? (
        <>
          <Sums owed={owed.data} />
          {owed.data.invoices.length > 0 ? (
            <DebtTable owed={owed.data} />
          ) : (
            <EmptyState icon={CircleCheck} title={t('unpaid.empty.title')} detail={t('unpaid.empty.detail', { day: formatPlainDay(asOf, today) })} />
          )}
          {owed.data.uninvoiced.length > 0 && asOf === today ? <Uninvoiced owed={owed.data} today={today} /> : null}
        </>
      ) : owed.error ? (
        <ErrorState error={owed.error} onRetry={() => void owed.refetch()} />
      ) : (
        <SkeletonLines lines={8} label={t('books.loading')} />
      )}
    </div>
  );
}

function Sums({ owed }: { owed: Owed }) {
  const { openCents, creditCents, agingCents, currency } = owed;
  return (
    <section aria-label={t('unpaid.open')} className="rounded-control bg-sunken px-4 py-3">
      <dl className="mb-3 flex flex-wrap gap-x-10 gap-y-2">
        <div>
          <dt className="text-xs text-muted">{t('unpaid.open')}</dt>
          <dd className="text-2xl font-semibold">
            <Money cents={openCents} currency={currency} />
          </dd>
        </div>
        <div>
          <dt className="text-xs text-muted">{t('unpaid.credit')}</dt>
          <dd className="text-2xl font-semibold">
            <Money cents={creditCents} currency={currency} />
          </dd>
          <dd className="text-xs text-muted">{t('unpaid.credit.detail')}</dd>
        </div>
      </dl>
      <AgingBar cents={agingCents} currency={currency} />
    </section>
  );
}

function Uninvoiced({ owed, today }: { owed: Owed; today: string }) {
  const { open } = useAppointmentActions();
  return (
    <section aria-labelledby="uninvoiced-title">
      <h2 id="uninvoiced-title" className="text-base font-semibold">
        {t('unpaid.uninvoiced')}
      </h2>
      <p className="mb-1 text-muted">{t('unpaid.uninvoiced.detail')}</p>
      <div className="overflow-x-auto">
        <table className={TABLE} aria-labelledby="uninvoiced-title">
          <thead className={HEAD}>
            <tr>
              <th scope="col" className={TH}>
                {t('unpaid.column.order')}
              </th>
              <th scope="col" className={TH}>
                {t('unpaid.column.customer')}
              </th>
              <th scope="col" className={`${TH} max-sm:hidden`}>
                {t('closes.column.day')}
              </th>
              <th scope="col" className={`${TH_NUMBER} max-sm:hidden`}>
                {t('unpaid.column.charged')}
              </th>
              <th scope="col" className={TH_NUMBER}>
                {t('unpaid.column.open')}
              </th>
            </tr>
          </thead>
          <tbody>
            {owed.uninvoiced.map((visit) => (
              <tr key={visit.appointmentId} className={ROW}>
                <td className={TD}>
                  <button
                    type="button"
                    className="font-medium text-primary hover:underline pointer-coarse:min-h-11"
                    onClick={() => open(visit.appointmentId)}
                  >
                    {t('unpaid.order', { number: String(visit.appointmentNumber) })}
                  </button>
                </td>
                <td className={TD}>
                  {visit.customerName ?? t('unpaid.nobody')}
                  <span className="block text-xs text-muted">{visit.vehicle}</span>
                </td>
                <td className={`${TD} max-sm:hidden`}>{formatPlainDay(visit.day, today)}</td>
                <td className={`${TD_NUMBER} max-sm:hidden`}>
                  <Money cents={visit.totalCents} currency={owed.currency} />
                </td>
                <td className={TD_NUMBER}>
                  <Money cents={visit.totalCents - visit.paidCents} currency={owed.currency} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
