import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Combobox } from '@/components/ui/Combobox';
import { Field } from '@/components/ui/Field';
import { LOCALE, t } from '@/i18n/t';
import { vehicleSearch } from '@/lib/data/vehicles';
import { useRested } from '@/lib/debounce';
import { useEdit } from './EditContext';

const numbers = new Intl.NumberFormat(LOCALE);

/** The car with what identifies it; or the search for it when the job was opened without. */
export function VehicleBlock() {
  const { vehicle } = useEdit().data;
  if (!vehicle) return <VehiclePicker />;
  const facts = [
    [t('field.plate'), [vehicle.plate, vehicle.plateState].filter(Boolean).join(' '), true],
    [t('field.vin'), vehicle.vin ?? '', true],
    [t('field.mileage'), vehicle.mileage === null ? '' : t('overview.mileage', { count: numbers.format(vehicle.mileage) }), false],
    [t('field.color'), vehicle.color ?? '', false],
    [t('field.engine'), vehicle.engine ?? '', false],
  ] as const;
  return (
    <>
      <p className="mb-1.5 font-medium">{[vehicle.label, vehicle.trim].filter(Boolean).join(' ')}</p>
      <dl className="grid gap-x-4 gap-y-1.5 sm:grid-cols-2">
        {facts.map(([name, value, isCode]) =>
          value ? (
            <div key={name} className="flex gap-2">
              <dt className="w-16 shrink-0 text-muted">{name}</dt>
              <dd className={isCode ? 'min-w-0 font-mono break-all' : 'tabular min-w-0'}>{value}</dd>
            </div>
          ) : null,
        )}
      </dl>
    </>
  );
}

function VehiclePicker() {
  const { data, canEdit, save } = useEdit();
  const [text, setText] = useState('');
  const rested = useRested(text);
  const customerId = data.appointment.customerId;
  const { data: found = [] } = useQuery({ ...vehicleSearch(rested, customerId), placeholderData: keepPreviousData });
  if (!canEdit) return <p className="text-muted">{t('overview.noVehicle')}</p>;
  return (
    <Field label={t('overview.findVehicle')} hint={t('overview.noVehicle')}>
      {(control) => (
        <Combobox
          {...control}
          value={text}
          onType={setText}
          placeholder={t('overview.find.hint')}
          choices={found.map((one) => ({
            id: one.id,
            label: one.label ?? one.plate ?? '',
            content: [one.label, one.plate].filter(Boolean).join(' · '),
          }))}
          onChoose={(choice) => {
            setText(choice.label);
            void save({ vehicleId: choice.id }, data.appointment.version);
          }}
        />
      )}
    </Field>
  );
}
