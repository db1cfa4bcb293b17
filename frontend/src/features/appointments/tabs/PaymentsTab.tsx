import { CreditCard } from 'lucide-react';
import { EmptyState } from '@/components/ui/EmptyState';
import { Money } from '@/components/ui/Money';
import { hasWord, t } from '@/i18n/t';
import { formatDateTime } from '@/lib/time';
import { useEdit } from '../EditContext';

/** What the job costs and the ledger of what was paid, for those who see money. */
export function PaymentsTab() {
  const { data, zone } = useEdit();
  const { payments, appointment } = data;
  const total = appointment.totalCents ?? 0;
  const paid = appointment.paidCents ?? 0;
  return (
    <div className="px-4 py-4">
      <dl className="grid grid-cols-3 gap-3 rounded-control bg-sunken px-4 py-3">
        {(
          [
            ['payments.total', total],
            ['payments.paid', paid],
            ['payments.balance', total - paid],
          ] as const
        ).map(([word, cents]) => (
          <div key={word}>
            <dt className="text-xs text-muted">{t(word)}</dt>
            <dd className="text-base font-semibold">
              <Money cents={cents} />
            </dd>
          </div>
        ))}
      </dl>
      {payments.length === 0 ? (
        <EmptyState icon={CreditCard} title={t('payments.empty.title')} detail={t('payments.empty.detail')} />
      ) : (
        <ul role="list" className="mt-2 divide-y divide-line">
          {payments.map((entry) => {
            const kind = `payments.kind.${entry.kind}`;
            const method = `payments.method.${entry.method}`;
            return (
              <li key={entry.id} className="flex items-start justify-between gap-3 py-3">
                <span className="min-w-0">
                  <span className="font-medium">
                    {[hasWord(kind) ? t(kind) : entry.kind, hasWord(method) ? t(method) : entry.method].join(' · ')}
                  </span>
                  {entry.note ? <span className="block text-muted">{entry.note}</span> : null}
                  <span className="block text-xs text-muted">
                    {[entry.by, formatDateTime(entry.createdAt, zone)].filter(Boolean).join(' · ')}
                  </span>
                </span>
                <span className="shrink-0 font-medium">
                  <Money cents={entry.amountCents} />
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
