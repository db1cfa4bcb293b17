import { useId, useState } from 'react';
import { ApiError } from '@/api';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { Select } from '@/components/ui/Select';
import { useSession } from '@/contexts/SessionContext';
import '@/i18n/late/services';
import { t } from '@/i18n/t';
import { centsFault, exactFault } from '@/lib/amount-words';
import { parseCents, parseExact, PERCENT } from '@/lib/amounts';
import { errorWords } from '@/lib/error-words';
import { moneyText } from '@/lib/money';
import type { Job, JobDiscount } from '@/types';
import { useWorkPlace } from './WorkContext';

/** A share or an amount off a whole job, with the reason. */
export function DiscountDialog({ job, onClose }: { job: Job; onClose: () => void }) {
  const { work } = useWorkPlace();
  const { can } = useSession();
  const form = useId();
  const [by, setBy] = useState<'percent' | 'amount'>('percent');
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const [errors, setErrors] = useState<{ value?: string; reason?: string }>({});
  const given = job.discountCents ?? 0;
  // What was refused is not wrong any more once it was changed.
  const type = (value: string): void => {
    setTyped(value);
    setErrors(({ reason: why }) => (why ? { reason: why } : {}));
  };
  const giveReason = (words: string): void => {
    setReason(words);
    setErrors(({ value }) => (value ? { value } : {}));
  };

  const send = (body: JobDiscount): void => {
    work.discount(job.id, body).then(onClose, (error: unknown) => {
      const fields = error instanceof ApiError ? error.fields : {};
      const value = (fields.percent ?? fields.amountCents)?.[0];
      const why = fields.reason?.[0];
      setErrors(value || why ? { ...(value ? { value } : {}), ...(why ? { reason: why } : {}) } : { value: errorWords(error) });
    });
  };
  const submit = (): void => {
    const percent = by === 'percent' ? parseExact(typed, PERCENT) : null;
    const amountCents = by === 'amount' ? parseCents(typed) : null;
    const value = by === 'percent' ? exactFault(typed, PERCENT) : centsFault(typed);
    const needs = {
      ...(value ? { value } : {}),
      ...(reason.trim() ? {} : { reason: t('move.reason.need') }),
    };
    setErrors(needs);
    if (Object.keys(needs).length > 0) return;
    send({ reason: reason.trim(), ...(percent === null ? { amountCents: amountCents ?? 0 } : { percent }) });
  };
  return (
    <Dialog
      title={t('services.discount.title', { name: job.name })}
      size="sm"
      onClose={onClose}
      footer={
        <>
          {given > 0 ? <Button onClick={() => send({ amountCents: 0 })}>{t('services.discount.end')}</Button> : <Button onClick={onClose}>{t('action.cancel')}</Button>}
          <Button type="submit" form={form} tone="primary" isPending={work.isPending} pendingLabel={t('action.saving')}>
            {t('services.discount.save')}
          </Button>
        </>
      }
    >
      <form
        id={form}
        noValidate
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <div className="grid grid-cols-2 gap-3">
          <Field label={t('services.discount.by')} error={errors.value}>
            {(control) => <Input {...control} data-autofocus inputMode="decimal" autoComplete="off" maxLength={14} value={typed} onChange={(event) => type(event.target.value)} />}
          </Field>
          <Field label={t('services.line.kind')}>
            {(control) => (
              <Select {...control} value={by} onChange={(event) => {
                  setBy(event.target.value === 'amount' ? 'amount' : 'percent');
                  type(typed);
                }}>
                <option value="percent">{t('services.discount.percent')}</option>
                <option value="amount">{t('services.discount.amount')}</option>
              </Select>
            )}
          </Field>
        </div>
        <Field label={t('services.discount.reason')} error={errors.reason}>
          {(control) => <Input {...control} autoComplete="off" maxLength={200} value={reason} onChange={(event) => giveReason(event.target.value)} />}
        </Field>
        <p className="text-xs text-muted">
          {t('services.discount.now', { amount: moneyText(given), price: moneyText((job.netCents ?? 0) + given) })}{' '}
          {can('service:discount_any') ? null : t('services.discount.limit')}
        </p>
      </form>
    </Dialog>
  );
}
