import { clsx } from 'clsx';
import { useId } from 'react';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { t } from '@/i18n/t';
import type { CustomerListItem } from '@/types';

export interface VehicleDraft {
  vehicleId: string | null;
  vehicleWords: string;
  plate: string;
}

interface VehicleChoiceProps {
  known: CustomerListItem['vehicles'];
  draft: VehicleDraft;
  /** The plate was typed as what the job is for already. */
  hasPlate: boolean;
  errors: Record<string, string[]>;
  onChange: (changes: Partial<VehicleDraft>) => void;
}

/** Which car: one of the customer's, or a new one in words and plate. */
export function VehicleChoice({ known, draft, hasPlate, errors, onChange }: VehicleChoiceProps) {
  const name = useId();
  const isNew = known.length === 0 || draft.vehicleId === 'new';
  const choices = [
    ...known.map((one) => ({ id: one.id, label: one.label, plate: one.plate })),
    { id: 'new', label: t('new.vehicle.other'), plate: null },
  ];
  return (
    <>
      {known.length > 0 ? (
        <fieldset>
          <legend className="mb-1 text-xs font-medium text-muted">{t('new.vehicle')}</legend>
          <div className="flex flex-wrap gap-2">
            {choices.map((one) => (
              <label
                key={one.id}
                className={clsx(
                  'inline-flex h-9 cursor-pointer items-center gap-2 rounded-control border px-3 hover:bg-hover pointer-coarse:h-11',
                  'has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus',
                  draft.vehicleId === one.id ? 'border-primary bg-info-soft font-medium text-info' : 'border-line-strong',
                )}
              >
                <input
                  type="radio"
                  name={name}
                  className="sr-only"
                  checked={draft.vehicleId === one.id}
                  onChange={() => onChange({ vehicleId: one.id })}
                />
                {one.label}
                {one.plate ? <span className="font-mono text-xs">{one.plate}</span> : null}
              </label>
            ))}
          </div>
        </fieldset>
      ) : null}
      {isNew ? (
        <div className="grid gap-3 sm:grid-cols-[2fr_1fr]">
          <Field
            label={t('new.vehicle.words')}
            hint={t('new.vehicle.words.hint')}
            error={errors['vehicle.year']?.[0] ?? errors['vehicle.make']?.[0] ?? errors['vehicle.model']?.[0] ?? errors.vehicle?.[0]}
          >
            {(control) => (
              <Input
                {...control}
                value={draft.vehicleWords}
                maxLength={80}
                autoComplete="off"
                onChange={(event) => onChange({ vehicleWords: event.target.value })}
              />
            )}
          </Field>
          {hasPlate ? null : (
            <Field label={t('new.plate')} error={errors['vehicle.plate']?.[0]}>
              {(control) => (
                <Input
                  {...control}
                  value={draft.plate}
                  maxLength={12}
                  autoComplete="off"
                  autoCapitalize="characters"
                  className="font-mono uppercase"
                  onChange={(event) => onChange({ plate: event.target.value })}
                />
              )}
            </Field>
          )}
        </div>
      ) : null}
    </>
  );
}
