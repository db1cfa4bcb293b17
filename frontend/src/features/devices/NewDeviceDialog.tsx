import type { SubmitEvent } from 'react';
import { useId, useState } from 'react';
import { newIdempotencyKey } from '@/api';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { Select } from '@/components/ui/Select';
import { useShopLocation } from '@/contexts/LocationContext';
import '@/i18n/late/devices';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import type { Device, DeviceCode } from '@/types';
import { useCreateDevice } from './queries';

const KINDS: readonly Device['kind'][] = ['tablet', 'wallboard'];

/** Name, kind and place of a new device; it ends with the code that pairs it. */
export function NewDeviceDialog({ onClose, onAdded }: { onClose: () => void; onAdded: (code: DeviceCode, name: string, kind: Device['kind']) => void }) {
  const formId = useId();
  const { location, locations } = useShopLocation();
  const [name, setName] = useState('');
  const [kind, setKind] = useState<Device['kind']>('tablet');
  const [locationId, setLocationId] = useState(location.id);
  const [error, setError] = useState<string>();
  const [idempotencyKey] = useState(newIdempotencyKey);
  const create = useCreateDevice();

  const onSubmit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const wanted = name.trim();
    setError(wanted ? undefined : t('device.needName'));
    if (!wanted) {
      document.getElementById(formId)?.querySelector<HTMLElement>('[name="name"]')?.focus();
      return;
    }
    create.mutate({ device: { name: wanted, kind, locationId }, idempotencyKey }, { onSuccess: (code) => onAdded(code, wanted, kind) });
  };

  return (
    <Dialog
      title={t('device.new.title')}
      size="sm"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" form={formId} tone="primary" isPending={create.isPending} pendingLabel={t('device.new.pending')}>
            {t('device.new.save')}
          </Button>
        </>
      }
    >
      <form id={formId} noValidate onSubmit={onSubmit} className="flex flex-col gap-4">
        <Field label={t('device.name')} hint={t('device.name.hint')} error={error}>
          {(control) => (
            <Input {...control} name="name" data-autofocus autoComplete="off" maxLength={60} value={name} onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
        <Field label={t('device.kind')}>
          {(control) => (
            <Select {...control} value={kind} onChange={(event) => setKind(KINDS.find((one) => one === event.target.value) ?? 'tablet')}>
              {KINDS.map((one) => (
                <option key={one} value={one}>
                  {t(`devices.kind.${one}`)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {locations.length > 1 ? (
          <Field label={t('device.location')}>
            {(control) => (
              <Select {...control} value={locationId} onChange={(event) => setLocationId(event.target.value)}>
                {locations.map((one) => (
                  <option key={one.id} value={one.id}>
                    {one.name}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        ) : null}
        {create.error ? (
          <p role="alert" className="font-medium text-danger">
            {errorWords(create.error)}
          </p>
        ) : null}
      </form>
    </Dialog>
  );
}
