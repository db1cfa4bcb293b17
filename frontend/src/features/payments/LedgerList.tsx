import { clsx } from 'clsx';
import { CreditCard, Globe } from 'lucide-react';
import { useState } from 'react';
import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { useCan } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import { moneyText } from '@/lib/money';
import { formatDateTime, formatMonthDay, formatWhen, localDate } from '@/lib/time';
import type { Ledger, LedgerPayment } from '@/types';
import { ReverseDialog } from './ReverseDialog';

interface LedgerListProps {
  ledger: Ledger;
  isOffline: boolean;
}

/** Every entry, the newest last, with its sign; what was taken back says by what. */
export function LedgerList({ ledger, isOffline }: LedgerListProps) {
  const entries = ledger.items;
  const zone = ledger.appointment.timezone;
  const [asking, setAsking] = useState<{ entry: LedgerPayment; what: 'void' | 'refund' } | null>(null);
  if (entries.length === 0) {
    return <EmptyState icon={CreditCard} title={t('payments.empty.title')} detail={t('payments.empty.detail')} />;
  }
  return (
    <>
      <ul role="list" className="divide-y divide-line">
        {entries.map((entry) => (
          <li key={entry.id} className="py-3">
            <Entry
              entry={entry}
              original={entries.find((one) => one.id === entry.reversesId)}
              zone={zone}
              onReverse={isOffline ? null : (what) => setAsking({ entry, what })}
            />
          </li>
        ))}
      </ul>
      {asking ? <ReverseDialog ledger={ledger} {...asking} onClose={() => setAsking(null)} /> : null}
    </>
  );
}

interface EntryProps {
  entry: LedgerPayment;
  original: LedgerPayment | undefined;
  zone: string;
  onReverse: ((what: 'void' | 'refund') => void) | null;
}

function Entry({ entry, original, zone, onReverse }: EntryProps) {
  const mayReverse = useCan('payment:void');
  const amount = moneyText(Math.abs(entry.amountCents), entry.currency);
  const isIn = entry.amountCents > 0;
  const givenBack = entry.kind === 'payment' && entry.reversal === 'refund' ? entry.amountCents - entry.leftCents : 0;
  const isAllGone = entry.reversal === 'void' || (givenBack > 0 && entry.leftCents === 0);
  const booked = formatMonthDay(entry.accountingOn);
  return (
    <>
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
            {`${t(`payments.kind.${entry.isDeposit ? 'deposit' : entry.kind}`)} · ${t(`payments.method.${entry.method}`)}`}
            {entry.isOnline ? <Badge icon={Globe}>{t('payments.online')}</Badge> : null}
            {entry.reversal === 'void' ? <Badge tone="warning">{t('payments.voided')}</Badge> : null}
            {givenBack > 0 ? (
              <Badge tone="warning">
                {entry.leftCents === 0 ? t('payments.refunded') : t('payments.refundedPart', { amount: moneyText(givenBack, entry.currency) })}
              </Badge>
            ) : null}
          </p>
          {[entry.reference, entry.note].filter(Boolean).map((line) => (
            <p key={line} className="text-muted">
              {line}
            </p>
          ))}
          {original ? <p className="text-muted">{t('payments.reverses', { when: formatWhen(original.createdAt, zone) })}</p> : null}
          {entry.forDay ? (
            <p className="text-muted">{t('payments.forDay', { day: formatMonthDay(entry.forDay), booked })}</p>
          ) : entry.accountingOn !== localDate(entry.createdAt, zone) ? (
            <p className="text-muted">{t('payments.inBooks', { booked })}</p>
          ) : null}
          <p className="text-xs text-muted">{[entry.by, formatDateTime(entry.createdAt, zone)].filter(Boolean).join(' · ')}</p>
        </div>
        <p className={clsx('tabular shrink-0 font-semibold', isAllGone && 'text-muted line-through', !isIn && 'text-danger')}>
          {`${isIn ? '+' : '−'}${amount}`}
        </p>
      </div>
      {mayReverse && onReverse && entry.leftCents > 0 ? (
        <div className="mt-1 flex gap-2 pointer-coarse:gap-4">
          {entry.canVoid ? (
            <Button size="sm" aria-label={t('payments.void.label', { amount })} onClick={() => onReverse('void')}>
              {t('payments.void')}
            </Button>
          ) : null}
          <Button size="sm" aria-label={t('payments.refund.label', { amount })} onClick={() => onReverse('refund')}>
            {t('payments.refund')}
          </Button>
        </div>
      ) : null}
    </>
  );
}
