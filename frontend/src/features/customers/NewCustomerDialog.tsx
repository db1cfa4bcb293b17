import { useQuery } from '@tanstack/react-query';
import type { SubmitEvent } from 'react';
import { useId, useState } from 'react';
import { ApiError, newIdempotencyKey } from '@/api';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input, TextArea } from '@/components/ui/Input';
import { toast } from '@/components/ui/toast-store';
import { t } from '@/i18n/t';
import { customerSearch } from '@/lib/data/customers';
import { useRested } from '@/lib/debounce';
import { errorWords } from '@/lib/error-words';
import { formatPhone, phoneDigits, typePhone } from '@/lib/phone';
import type { CustomerListItem } from '@/types';
import type { CustomerField } from './mutations';
import { CUSTOMER_FIELDS, useCreateCustomer } from './mutations';
import { vehicleName } from './vehicle-words';

interface NewCustomerDialogProps {
  /** What was searched for: a name or a phone to begin with. */
  hint: string;
  onCreated: (id: string) => void;
  onClose: () => void;
}

const EMPTY: Record<CustomerField, string> = { name: '', company: '', phone: '', email: '', timezone: '', notes: '' };

function startWith(hint: string): Record<CustomerField, string> {
  if (/^[\d\s().+-]{7,}$/.test(hint)) return { ...EMPTY, phone: typePhone('', hint) };
  return /\d/.test(hint) ? EMPTY : { ...EMPTY, name: hint };
}

/** A new customer: a name is enough. Says while one types when the person seems to be on file already. */
export function NewCustomerDialog({ hint, onCreated, onClose }: NewCustomerDialogProps) {
  const formId = useId();
  const [text, setText] = useState(() => startWith(hint));
  const [errors, setErrors] = useState<Partial<Record<string, string>>>({});
  const [idempotencyKey] = useState(newIdempotencyKey);
  const create = useCreateCustomer();
  const set = (field: CustomerField, value: string): void => {
    setText({ ...text, [field]: value });
    // What is being mended is wrong no longer.
    if (errors[field]) setErrors({ ...errors, [field]: undefined });
  };

  const onSubmit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const focusOn = (field: string): void => form.querySelector<HTMLElement>(`[name="${field}"]`)?.focus();
    if (!text.name.trim()) {
      setErrors({ name: t('customer.needName') });
      focusOn('name');
      return;
    }
    setErrors({});
    const filled = CUSTOMER_FIELDS.map((field) => [field, text[field].trim()] as const).filter(([, value]) => value);
    try {
      const customer = await create.mutateAsync({ draft: Object.fromEntries(filled), idempotencyKey });
      toast({ tone: 'success', title: t('customer.created', { name: customer.name }) });
      onCreated(customer.id);
    } catch (error) {
      const fields = error instanceof ApiError ? error.fields : {};
      const marked = Object.fromEntries(Object.entries(fields).map(([field, messages]) => [field, messages[0] ?? '']));
      const first = Object.keys(marked)[0];
      setErrors(first ? marked : { form: errorWords(error) });
      if (first) focusOn(first);
    }
  };

  return (
    <Dialog
      title={t('new.customer.title')}
      size="sm"
      isForm
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" form={formId} tone="primary" isPending={create.isPending} pendingLabel={t('new.customer.pending')}>
            {t('new.customer.save')}
          </Button>
        </>
      }
    >
      <form id={formId} noValidate onSubmit={(event) => void onSubmit(event)} className="flex flex-col gap-3">
        <p className="text-muted">{t('new.customer.optional')}</p>
        {errors.form ? (
          <p role="alert" className="rounded-control bg-danger-soft px-3 py-2 font-medium text-danger">
            {errors.form}
          </p>
        ) : null}
        <Field label={t('customer.name')} error={errors.name}>
          {(control) => (
            <Input {...control} name="name" required data-autofocus autoComplete="off" maxLength={120} value={text.name} onChange={(event) => set('name', event.target.value)} />
          )}
        </Field>
        <Field label={t('customer.phone')} error={errors.phone}>
          {(control) => (
            <Input {...control} name="phone" type="tel" autoComplete="off" maxLength={40} value={text.phone} onChange={(event) => set('phone', typePhone(text.phone, event.target.value))} />
          )}
        </Field>
        <KnownAlready name={text.name} phone={text.phone} onOpen={onCreated} />
        <Field label={t('customer.email')} error={errors.email}>
          {(control) => (
            <Input {...control} name="email" type="email" autoComplete="off" maxLength={254} value={text.email} onChange={(event) => set('email', event.target.value)} />
          )}
        </Field>
        <Field label={t('customer.company')} error={errors.company}>
          {(control) => (
            <Input {...control} name="company" autoComplete="off" maxLength={120} value={text.company} onChange={(event) => set('company', event.target.value)} />
          )}
        </Field>
        <Field label={t('customer.notes')} error={errors.notes}>
          {(control) => <TextArea {...control} name="notes" rows={2} value={text.notes} onChange={(event) => set('notes', event.target.value)} />}
        </Field>
      </form>
    </Dialog>
  );
}

function KnownAlready({ name, phone, onOpen }: { name: string; phone: string; onOpen: (id: string) => void }) {
  const digits = useRested(phoneDigits(phone), 200);
  const called = useRested(name.trim().toLowerCase(), 200);
  const byPhone = useQuery(customerSearch(digits.length >= 7 ? digits : ''));
  const byName = useQuery(customerSearch(called.includes(' ') ? called : ''));
  const known = new Map<string, { customer: CustomerListItem; why: string }>();
  for (const customer of byPhone.data ?? []) {
    if (digits.length >= 7 && phoneDigits(customer.phone).endsWith(digits)) {
      known.set(customer.id, { customer, why: t('duplicates.same.phone') });
    }
  }
  for (const customer of byName.data ?? []) {
    if (customer.name.toLowerCase() === called && !known.has(customer.id)) {
      known.set(customer.id, { customer, why: t('duplicates.same.name') });
    }
  }
  // The region is there before its words, else they would not be spoken.
  return (
    <div aria-live="polite">
      {known.size > 0 ? (
        <div className="rounded-control bg-warning-soft px-3 py-2 text-warning">
          <p className="font-semibold">{t('new.customer.known')}</p>
          <ul role="list" className="mt-1 flex flex-col gap-1.5">
            {[...known.values()].slice(0, 3).map(({ customer, why }) => (
              <li key={customer.id} className="flex items-center justify-between gap-2">
                <span className="min-w-0">
                  <span className="block truncate font-medium">{customer.name}</span>
                  <span className="block truncate text-xs">
                    {[why, formatPhone(customer.phone), customer.vehicles[0] ? vehicleName(customer.vehicles[0]) : ''].filter(Boolean).join(' · ')}
                  </span>
                </span>
                <Button size="sm" aria-label={t('new.customer.open', { name: customer.name })} onClick={() => onOpen(customer.id)}>
                  {t('new.customer.use')}
                </Button>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </div>
  );
}
