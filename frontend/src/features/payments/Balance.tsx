import { clsx } from 'clsx';
import { Money } from '@/components/ui/Money';
import { t } from '@/i18n/t';
import type { Ledger } from '@/types';

/** What is owed, large, and what it is made of. */
export function Balance({ visit }: { visit: Ledger['appointment'] }) {
  const { totalCents, paidCents, balanceCents, currency } = visit;
  const word = balanceCents < 0 ? 'payments.overpaid' : 'payments.balance';
  const said = totalCents === 0 && paidCents === 0 ? t('payments.nothing') : balanceCents === 0 ? t('payments.settled') : null;
  return (
    <section aria-label={t('payments.balance')} className="rounded-control bg-sunken px-4 py-3">
      <dl className="flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
        <div>
          <dt className="text-xs text-muted">{t(word)}</dt>
          <dd className={clsx('text-2xl font-semibold', balanceCents > 0 && 'text-ink', balanceCents < 0 && 'text-warning')}>
            <Money cents={Math.abs(balanceCents)} currency={currency} />
            {said ? <span className={clsx('ml-2 align-middle text-base font-medium', balanceCents === 0 && totalCents > 0 ? 'text-success' : 'text-muted')}>{said}</span> : null}
          </dd>
        </div>
        {(
          [
            ['payments.total', totalCents],
            ['payments.paid', paidCents],
          ] as const
        ).map(([label, cents]) => (
          <div key={label} className="text-right">
            <dt className="text-xs text-muted">{t(label)}</dt>
            <dd className="font-medium">
              <Money cents={cents} currency={currency} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
