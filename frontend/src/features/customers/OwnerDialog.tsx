import type { SubmitEvent } from 'react';
import { useId, useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { toast } from '@/components/ui/toast-store';
import { t } from '@/i18n/t';
import type { CustomerListItem, Vehicle } from '@/types';
import { CustomerPicker } from './CustomerPicker';
import { refusalWords } from './field-words';
import { usePatchVehicle } from './mutations';
import { vehicleName } from './vehicle-words';

/** The car was sold: it gets another owner and keeps its past. */
export function OwnerDialog({ vehicle, onClose }: { vehicle: Vehicle; onClose: () => void }) {
  const formId = useId();
  const [owner, setOwner] = useState<CustomerListItem | null>(null);
  const [error, setError] = useState<string | undefined>();
  const patch = usePatchVehicle(vehicle.id);
  const name = vehicleName(vehicle);

  const onSubmit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    if (!owner) {
      setError(t('vehicle.owner.needOne'));
      document.getElementById(formId)?.querySelector('input')?.focus();
      return;
    }
    setError(undefined);
    try {
      await patch.mutateAsync({ draft: { customerId: owner.id }, version: vehicle.version });
      toast({ tone: 'success', title: t('vehicle.owner.done', { vehicle: name, name: owner.name }) });
      onClose();
    } catch (failure) {
      setError(refusalWords(failure, 'customerId'));
    }
  };

  return (
    <Dialog
      title={t('vehicle.owner.title')}
      size="sm"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" form={formId} tone="primary" isPending={patch.isPending} pendingLabel={t('action.saving')}>
            {t('vehicle.owner.save')}
          </Button>
        </>
      }
    >
      <form id={formId} noValidate onSubmit={(event) => void onSubmit(event)} className="flex min-h-80 flex-col gap-3">
        <CustomerPicker
          label={t('vehicle.owner.label')}
          exceptId={vehicle.customerId}
          chosen={owner}
          onChoose={setOwner}
          error={error}
        />
        {owner ? <p className="text-muted">{t('vehicle.owner.lead', { vehicle: name, name: owner.name })}</p> : null}
      </form>
    </Dialog>
  );
}
