import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Mail, Phone } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { Combobox } from '@/components/ui/Combobox';
import { Field } from '@/components/ui/Field';
import { useCan } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import { customerSearch } from '@/lib/data/customers';
import { useRested } from '@/lib/debounce';
import { formatPhone } from '@/lib/phone';
import { CustomerChoice } from './CustomerChoice';
import { useEdit } from './EditContext';

/** Who it is for, with the ways to reach them; or the search for them when the job was opened without. */
export function CustomerBlock() {
  const { data } = useEdit();
  const { customer } = data;
  const canView = useCan('customer:view');
  if (!customer) return <CustomerPicker />;
  return (
    <div className="flex flex-col gap-1.5">
      <p className="flex flex-wrap items-baseline justify-between gap-x-3">
        <span className="font-medium">{[customer.name, customer.company].filter(Boolean).join(' · ')}</span>
        <span className="text-xs text-muted">{t('overview.visits', { count: customer.visitCount })}</span>
      </p>
      <p className="flex flex-wrap gap-x-4 gap-y-1">
        {customer.phone ? (
          <a href={`tel:${customer.phone}`} className="inline-flex items-center gap-1.5 text-primary hover:underline pointer-coarse:min-h-11">
            <Phone size={14} aria-hidden />
            <span className="tabular">{formatPhone(customer.phone)}</span>
          </a>
        ) : null}
        {customer.email ? (
          <a href={`mailto:${customer.email}`} className="inline-flex min-w-0 items-center gap-1.5 text-primary hover:underline pointer-coarse:min-h-11">
            <Mail size={14} aria-hidden className="shrink-0" />
            <span className="truncate">{customer.email}</span>
          </a>
        ) : null}
        {canView ? (
          <Link to={`/customers/${customer.id}`} className="text-primary hover:underline pointer-coarse:min-h-11 pointer-coarse:content-center">
            {t('overview.openCustomer')}
          </Link>
        ) : null}
      </p>
      {customer.notes ? <p className="whitespace-pre-wrap text-muted">{customer.notes}</p> : null}
    </div>
  );
}

function CustomerPicker() {
  const { data, canEdit, save } = useEdit();
  const [text, setText] = useState('');
  const rested = useRested(text);
  const { data: found = [] } = useQuery({ ...customerSearch(rested), placeholderData: keepPreviousData });
  if (!canEdit) return <p className="text-muted">{t('overview.noCustomer')}</p>;
  return (
    <Field label={t('overview.findCustomer')} hint={t('overview.noCustomer')}>
      {(control) => (
        <Combobox
          {...control}
          value={text}
          onType={setText}
          placeholder={t('overview.find.hint')}
          choices={rested.trim().length < 2 ? [] : found.map((one) => ({ id: one.id, label: one.name, content: <CustomerChoice customer={one} /> }))}
          onChoose={(choice) => {
            setText(choice.label);
            void save({ customerId: choice.id }, data.appointment.version);
          }}
        />
      )}
    </Field>
  );
}
