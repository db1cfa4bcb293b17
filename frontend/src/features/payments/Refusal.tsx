import { ApiError } from '@/api';
import { Button } from '@/components/ui/Button';
import { t } from '@/i18n/t';
import { errorReference, errorWords } from '@/lib/error-words';
import { formatMonthDay } from '@/lib/time';
import type { NewPayment } from '@/types';

interface RefusalProps {
  error: unknown;
  /** What was refused. */
  body: NewPayment;
  balance: number;
  money: (cents: number) => string;
  onSend: (body: NewPayment) => void;
}

/** Why a payment was not recorded, and the ways on: as it was meant, as much as is owed, or on the open day. */
export function Refusal({ error, body, balance, money, onSend }: RefusalProps) {
  const code = error instanceof ApiError ? error.code : '';
  const openDay = error instanceof ApiError ? error.extra<string>('openDay') : undefined;
  // The answer was lost: it may have been entered, and asking again enters it once.
  const isUnknown = error instanceof ApiError && (error.status === 0 || error.status >= 500);
  const isMeant = code === 'overpayment' || code === 'visit_canceled';
  const { accountingOn, ...rest } = body;
  return (
    <div role="alert" className="flex flex-col gap-2 rounded-control bg-warning-soft px-3 py-2 text-warning">
      <p className="font-semibold">{t(isUnknown ? 'payments.unknown' : 'payments.failed')}</p>
      <p className="text-ink">{isUnknown ? t('payments.unknown.detail') : errorWords(error)}</p>
      {isMeant || openDay ? null : <p className="font-mono text-xs">{errorReference(error)}</p>}
      <div className="flex flex-wrap gap-2">
        {code === 'overpayment' && balance > 0 ? (
          <Button size="sm" onClick={() => onSend({ ...body, amountCents: balance })}>
            {t('payments.exactly', { amount: money(balance) })}
          </Button>
        ) : null}
        {isMeant ? (
          <Button size="sm" onClick={() => onSend({ ...body, allowOverpayment: true })}>
            {t('payments.anyway', { amount: money(body.amountCents) })}
          </Button>
        ) : null}
        {openDay && accountingOn ? (
          <Button size="sm" onClick={() => onSend({ ...rest, forDay: accountingOn })}>
            {t('payments.lateEntry', { day: formatMonthDay(openDay) })}
          </Button>
        ) : null}
      </div>
    </div>
  );
}
