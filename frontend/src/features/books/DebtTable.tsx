import { FileText } from 'lucide-react';
import { Link } from 'react-router';
import { Money } from '@/components/ui/Money';
import { useAppointmentActions } from '@/contexts/AppointmentContext';
import { useCan } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import { formatDate } from '@/lib/time';
import type { Owed } from '@/types';
import type { CustomerDebt } from './by-customer';
import { byCustomer } from './by-customer';
import { HEAD, ROW, TABLE, TD, TD_NUMBER, TH, TH_NUMBER } from './table';

/** Open invoices under who owes them; a customer leads to their page and statement, an invoice to its order. */
export function DebtTable({ owed }: { owed: Owed }) {
  const { open } = useAppointmentActions();
  const { currency, asOf } = owed;
  return (
    <div className="overflow-x-auto">
      <table className={TABLE} aria-label={t('unpaid.list')}>
        <thead className={HEAD}>
          <tr>
            <th scope="col" className={TH}>
              {t('unpaid.column.invoice')}
            </th>
            <th scope="col" className={`${TH} max-sm:hidden`}>
              {t('unpaid.column.issued')}
            </th>
            <th scope="col" className={`${TH} max-md:hidden`}>
              {t('unpaid.column.vehicle')}
            </th>
            <th scope="col" className={TH_NUMBER}>
              {t('unpaid.column.age')}
            </th>
            <th scope="col" className={`${TH_NUMBER} max-sm:hidden`}>
              {t('unpaid.column.charged')}
            </th>
            <th scope="col" className={`${TH_NUMBER} max-sm:hidden`}>
              {t('unpaid.column.paid')}
            </th>
            <th scope="col" className={TH_NUMBER}>
              {t('unpaid.column.open')}
            </th>
          </tr>
        </thead>
        {byCustomer(owed.invoices).map((debt) => (
          <tbody key={debt.customerId ?? ''} className="border-t-2 border-line">
            <Debtor debt={debt} currency={currency} asOf={asOf} />
            {debt.invoices.map((one) => (
              <tr key={one.appointmentId} className={ROW}>
                <td className={TD}>
                  <button
                    type="button"
                    aria-label={t('unpaid.openOrder', { number: String(one.number) })}
                    className="tabular font-medium text-primary hover:underline pointer-coarse:min-h-11 pointer-coarse:min-w-11"
                    onClick={() => open(one.appointmentId)}
                  >
                    {one.number}
                  </button>
                </td>
                <td className={`${TD} max-sm:hidden`}>{formatDate(one.issuedOn)}</td>
                <td className={`${TD} max-md:hidden`}>{one.vehicle}</td>
                <td className={TD_NUMBER}>{t('unpaid.age', { count: one.ageDays })}</td>
                <td className={`${TD_NUMBER} max-sm:hidden`}>
                  <Money cents={one.totalCents} currency={currency} />
                </td>
                <td className={`${TD_NUMBER} max-sm:hidden`}>
                  <Money cents={one.paidCents} currency={currency} />
                </td>
                <td className={TD_NUMBER}>
                  <Money cents={one.balanceCents} currency={currency} />
                </td>
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function Debtor({ debt, currency, asOf }: { debt: CustomerDebt; currency: string; asOf: string }) {
  const mayView = useCan('customer:view');
  const name = debt.name ?? t('unpaid.nobody');
  return (
    <tr>
      <th scope="rowgroup" colSpan={7} className="pt-3 pb-1 text-left font-semibold">
        <span className="flex flex-wrap items-center gap-x-4 gap-y-1">
          {debt.customerId && mayView ? (
            <Link to={`/customers/${debt.customerId}`} className="inline-flex items-center text-ink hover:underline pointer-coarse:min-h-11">
              {name}
            </Link>
          ) : (
            name
          )}
          {debt.customerId ? (
            <a
              href={`/api/customers/${debt.customerId}/statement.pdf?asOf=${asOf}`}
              target="_blank"
              rel="noreferrer"
              aria-label={t('unpaid.statement.of', { name })}
              className="inline-flex items-center gap-1 font-medium text-primary hover:underline pointer-coarse:min-h-11"
            >
              <FileText size={14} aria-hidden />
              {t('unpaid.statement')}
            </a>
          ) : null}
          <span className="ml-auto tabular">
            <Money cents={debt.balanceCents} currency={currency} />
          </span>
        </span>
      </th>
    </tr>
  );
}
