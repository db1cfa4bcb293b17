import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Combobox } from '@/components/ui/Combobox';
import { Field } from '@/components/ui/Field';
import { customerSearch } from '@/lib/data/customers';
import { useRested } from '@/lib/debounce';
import { formatPhone } from '@/lib/phone';
import { t } from '@/i18n/t';
import type { CustomerListItem } from '@/types';
import { vehicleName } from './vehicle-words';

interface CustomerPickerProps {
  label: string;
  /** A customer who cannot be chosen. */
  exceptId: string | null;
  chosen: CustomerListItem | null;
  onChoose: (customer: CustomerListItem | null) => void;
  error?: string | undefined;
}

/** Finds one customer: what is typed searches, what is chosen stands in the field. */
export function CustomerPicker({ label, exceptId, chosen, onChoose, error }: CustomerPickerProps) {
  const [text, setText] = useState(chosen?.name ?? '');
  const rested = useRested(text, 120);
  const found = useQuery({ ...customerSearch(chosen ? '' : rested), placeholderData: keepPreviousData });
  const customers = chosen ? [] : (found.data ?? []).filter((customer) => customer.id !== exceptId);
  const isEmpty = !chosen && rested.trim().length >= 2 && found.isSuccess && customers.length === 0;

  return (
    <Field label={label} error={error} hint={isEmpty ? t('combobox.none') : undefined}>
      {(control) => (
        <Combobox
          {...control}
          isFirst
          value={text}
          placeholder={t('merge.find.placeholder')}
          onType={(value) => {
            setText(value);
            if (chosen) onChoose(null);
          }}
          choices={customers.map((customer) => ({
            id: customer.id,
            label: customer.name,
            content: (
              <span className="flex flex-col">
                <span className="flex justify-between gap-3">
                  <span className="truncate font-medium">{customer.name}</span>
                  <span className="tabular shrink-0 text-muted">{formatPhone(customer.phone)}</span>
                </span>
                <span className="truncate text-xs text-muted">
                  {customer.vehicles.map((vehicle) => vehicleName(vehicle)).join(', ') || t('customers.noVehicle')}
                </span>
              </span>
            ),
          }))}
          onChoose={(choice) => {
            setText(choice.label);
            onChoose(customers.find((customer) => customer.id === choice.id) ?? null);
          }}
        />
      )}
    </Field>
  );
}
