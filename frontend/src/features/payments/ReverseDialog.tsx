import { useRef, useState } from 'react';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { ReasonDialog } from '@/components/ui/ReasonDialog';
import { toast } from '@/components/ui/toast-store';
import { t } from '@/i18n/t';
import { centsFault } from '@/lib/amount-words';
import { centsField, parseCents } from '@/lib/amounts';
import { errorWords } from '@/lib/error-words';
import { moneyText } from '@/lib/money';
import type { Ledger, LedgerPayment } from '@/types';
import { useReversePayment } from './mutations';

interface ReverseDialogProps {
  ledger: Ledger;
  entry: LedgerPayment;
  what: 'void' | 'refund';
  onClose: () => void;
}

/** Takes a payment back: whole as a mistake, or as much as is given back. */
export function ReverseDialog({ ledger, entry, what, onClose }: ReverseDialogProps) {
  const reverse = useReversePayment(entry.appointmentId);
  const [amount, setAmount] = useState(centsField(entry.leftCents));
  const [error, setError] = useState<string>();
  const field = useRef<HTMLInputElement>(null);
  const money = (cents: number): string => moneyText(cents, entry.currency);
  const isRefund = what === 'refund';
  const { invoice, appointment: visit } = ledger;
  const fault = isRefund ? centsFault(amount, { least: 1, most: entry.leftCents }, entry.currency) : undefined;
  const amountCents = fault ? null : parseCents(amount);
  const owedAgain = Math.max(0, visit.balanceCents + (amountCents ?? 0));

  const submit = (reason: string): void => {
    if (reverse.isPending) return;
    if (fault) {
      setError(fault);
      field.current?.focus();
      return;
    }
    reverse.mutate(
      { paymentId: entry.id, what, reason, ...(isRefund && amountCents ? { amountCents } : {}) },
      {
        onSuccess: (made) => {
          toast({ tone: 'success', title: t(`payments.${what}.done`, { amount: money(-made.amountCents) }) });
          onClose();
        },
        onError: (failure) => {
          if (isRefund) setError(errorWords(failure));
          else toast({ tone: 'error', title: t('payments.reverse.failed'), detail: errorWords(failure) });
        },
      },
    );
  };

  return (
    <ReasonDialog
      title={t(`payments.${what}.title`, { amount: money(entry.amountCents) })}
      lead={
        isRefund
          ? [t('payments.refund.lead', { method: t(`payments.by.${entry.method}`) }), entry.isOnline ? t('payments.refund.online') : ''].filter(Boolean).join(' ')
          : t('payments.void.lead')
      }
      submitLabel={t(`payments.${what}`)}
      isPending={reverse.isPending}
      onSubmit={submit}
      onClose={onClose}
    >
      {isRefund && !fault && invoice?.isLocked && owedAgain > 0 ? (
        <p className="rounded-control bg-warning-soft px-3 py-2 text-ink">
          {t('payments.refund.owedAgain', { amount: money(owedAgain), number: String(invoice.number) })}
        </p>
      ) : null}
      {isRefund ? (
        <Field label={t('payments.refund.amount', { left: money(entry.leftCents) })} error={error ?? (amount.trim() ? fault : undefined)}>
          {(control) => (
            <Input
              {...control}
              ref={field}
              name="amountCents"
              inputMode="decimal"
              autoComplete="off"
              className="tabular max-w-48"
              value={amount}
              onChange={(event) => {
                setError(undefined);
                setAmount(event.target.value);
              }}
            />
          )}
        </Field>
      ) : null}
    </ReasonDialog>
  );
}
