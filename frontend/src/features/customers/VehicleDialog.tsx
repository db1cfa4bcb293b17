import type { SubmitEvent } from 'react';
import { useId, useState } from 'react';
import { ApiError, newIdempotencyKey } from '@/api';
import { Button } from '@/components/ui/Button';
import { ConflictSheet } from '@/components/ui/ConflictSheet';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input, TextArea } from '@/components/ui/Input';
import { toast } from '@/components/ui/toast-store';
import { t } from '@/i18n/t';
import { conflictsOf } from '@/lib/data/conflicts';
import { errorWords } from '@/lib/error-words';
import type { FieldConflict, Vehicle, VinReport } from '@/types';
import { conflictRows } from './field-words';
import type { VehicleDraft, VehicleField } from './mutations';
import { useCreateVehicle, usePatchVehicle } from './mutations';
import type { VehicleErrors } from './vehicle-draft';
import { changedFields, findErrors, toText } from './vehicle-draft';
import { vehicleName, vinInUseWords } from './vehicle-words';
import { VinField } from './VinField';

interface VehicleDialogProps {
  customerId: string;
  /** The vehicle to edit; null adds one. */
  vehicle: Vehicle | null;
  onClose: () => void;
}

const SIZES: Partial<Record<VehicleField, string>> = {
  year: 'col-span-1',
  make: 'col-span-3 sm:col-span-2',
  model: 'col-span-4 sm:col-span-3',
};

/** Add or edit a vehicle. The VIN comes first, because it fills in the rest. */
export function VehicleDialog({ customerId, vehicle, onClose }: VehicleDialogProps) {
  const formId = useId();
  // The vehicle as it was when the dialog opened: later changes of others must clash, not vanish.
  const [base] = useState(vehicle);
  const [text, setText] = useState(() => toText(base));
  const [errors, setErrors] = useState<VehicleErrors>({});
  const [refusal, setRefusal] = useState('');
  const [conflict, setConflict] = useState<{ conflicts: FieldConflict[]; draft: VehicleDraft; version: number } | null>(null);
  const [fromVin, setFromVin] = useState<Partial<Record<VehicleField, string>>>({});
  const [idempotencyKey] = useState(newIdempotencyKey);
  const create = useCreateVehicle();
  const patch = usePatchVehicle(base?.id ?? '');
  const isPending = create.isPending || patch.isPending;

  const onDecoded = ({ year, make }: VinReport): void => {
    const hints: Partial<Record<VehicleField, string>> = {};
    const filled: Partial<Record<VehicleField, string>> = {};
    for (const [field, value] of [['year', year], ['make', make]] as const) {
      if (value === null) continue;
      if (!text[field]) filled[field] = String(value);
      if (!text[field]) hints[field] = t('vin.filled');
      else if (text[field].trim().toLowerCase() !== String(value).toLowerCase()) hints[field] = t('vin.differs', { what: String(value) });
    }
    setText({ ...text, ...filled });
    setFromVin(hints);
  };

  const save = async (draft: VehicleDraft, version: number): Promise<void> => {
    setRefusal('');
    try {
      const saved = base
        ? Object.keys(draft).length > 0
          ? await patch.mutateAsync({ draft, version })
          : base
        : await create.mutateAsync({ draft: { ...draft, customerId }, idempotencyKey });
      toast({ tone: 'success', title: t(base ? 'vehicle.saved' : 'vehicle.added', { vehicle: vehicleName(saved) }) });
      onClose();
    } catch (error) {
      const conflicts = conflictsOf(error);
      const present = error instanceof ApiError ? error.extra<Vehicle>('vehicle') : undefined;
      if (conflicts) {
        setConflict({ conflicts, draft, version: present?.version ?? version });
        return;
      }
      setConflict(null);
      const fields = error instanceof ApiError ? error.fields : {};
      const marked = Object.fromEntries(Object.entries(fields).map(([field, messages]) => [field, messages[0] ?? '']));
      const other = error instanceof ApiError && error.code === 'vin_in_use' ? error.extra<Vehicle>('vehicle') : undefined;
      if (other) marked.vin = vinInUseWords(other);
      setErrors(marked);
      if (Object.keys(marked).length === 0) setRefusal(errorWords(error));
      focusFirst(Object.keys(marked));
    }
  };
  const focusFirst = (fields: string[]): void => {
    const first = fields[0];
    if (first) document.getElementById(formId)?.querySelector<HTMLElement>(`[name="${first}"]`)?.focus();
  };
  const onSubmit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const found = findErrors(text);
    setErrors(found);
    if (Object.keys(found).length > 0) focusFirst(Object.keys(found));
    else void save(changedFields(text, base), base?.version ?? 1);
  };
  const resolve = (mine: string[]): void => {
    if (!conflict) return;
    const theirs = conflict.conflicts.map((one) => one.field).filter((field) => !mine.includes(field));
    const draft = Object.fromEntries(Object.entries(conflict.draft).filter(([field]) => !theirs.includes(field)));
    void save(draft as VehicleDraft, conflict.version);
  };

  const line = (field: VehicleField, props: { className?: string; inputMode?: 'numeric'; maxLength?: number } = {}) => (
    <div className={SIZES[field] ?? 'col-span-2 sm:col-span-1'}>
      <Field label={t(`vehicle.${field}`)} error={errors[field]} hint={fromVin[field]}>
        {(control) => (
          <Input
            {...control}
            name={field}
            autoComplete="off"
            maxLength={60}
            {...props}
            value={text[field]}
            onChange={(event) => setText({ ...text, [field]: event.target.value })}
          />
        )}
      </Field>
    </div>
  );

  return (
    <Dialog
      title={t(base ? 'vehicle.editTitle' : 'vehicle.add')}
      isForm
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" form={formId} tone="primary" isPending={isPending} pendingLabel={t('action.saving')}>
            {t(base ? 'vehicle.save' : 'vehicle.addSave')}
          </Button>
        </>
      }
    >
      <form id={formId} noValidate onSubmit={onSubmit} className="flex flex-col gap-3">
        {refusal ? (
          <p role="alert" className="rounded-control bg-danger-soft px-3 py-2 font-medium text-danger">
            {refusal}
          </p>
        ) : null}
        <VinField vin={text.vin} onType={(vin) => setText({ ...text, vin })} error={errors.vin} onDecoded={onDecoded} />
        <div className="grid grid-cols-4 gap-3 sm:grid-cols-6">
          {line('year', { inputMode: 'numeric', maxLength: 4 })}
          {line('make')}
          {line('model')}
        </div>
        <div className="grid grid-cols-4 gap-3">
          {line('trim')}
          {line('engine')}
          {line('color')}
          {line('mileage', { inputMode: 'numeric', maxLength: 9 })}
          {line('plate', { className: 'font-mono uppercase', maxLength: 20 })}
          {line('plateState', { className: 'uppercase', maxLength: 10 })}
        </div>
        <Field label={t('vehicle.notes')} error={errors.notes}>
          {(control) => (
            <TextArea
              {...control}
              name="notes"
              rows={2}
              value={text.notes}
              onChange={(event) => setText({ ...text, notes: event.target.value })}
            />
          )}
        </Field>
      </form>
      {conflict ? (
        <ConflictSheet
          conflicts={conflictRows(conflict.conflicts)}
          onResolve={resolve}
          onClose={() => setConflict(null)}
          isPending={isPending}
        />
      ) : null}
    </Dialog>
  );
}
