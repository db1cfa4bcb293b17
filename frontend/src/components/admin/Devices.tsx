import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { toast } from '@/components/ui/toast-store';
import { CodeDialog } from '@/features/devices/CodeDialog';
import { DeviceTable } from '@/features/devices/DeviceTable';
import { NewDeviceDialog } from '@/features/devices/NewDeviceDialog';
import { useRenewCode, useRevokeDevice } from '@/features/devices/queries';
import '@/i18n/late/devices';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import type { Device, DeviceCode } from '@/types';

type Open = { what: 'new' } | { what: 'code'; code: DeviceCode; name: string; kind: Device['kind'] } | { what: 'revoke'; device: Device } | null;

/** The shop's own screens: paired with a code, revoked here. */
export function Devices() {
  const [open, setOpen] = useState<Open>(null);
  const renew = useRenewCode();
  const close = (): void => setOpen(null);
  const add = (
    <Button tone="primary" icon={<Plus size={16} aria-hidden />} onClick={() => setOpen({ what: 'new' })}>
      {t('devices.new')}
    </Button>
  );
  const onCode = (device: Device): void =>
    renew.mutate(device.id, {
      onSuccess: (code) => setOpen({ what: 'code', code, name: device.name, kind: device.kind }),
      onError: (error) => toast({ tone: 'error', title: errorWords(error) }),
    });
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto bg-surface">
      <header className="flex shrink-0 flex-wrap items-center justify-between gap-3 border-b border-line px-4 py-3 sm:px-6">
        <div className="min-w-0 flex-1 basis-64">
          <h1 className="text-lg font-semibold">{t('devices.title')}</h1>
          <p className="text-muted">{t('devices.lead')}</p>
        </div>
        {add}
      </header>
      <DeviceTable onCode={onCode} onRevoke={(device) => setOpen({ what: 'revoke', device })} action={add} />
      {open?.what === 'new' ? <NewDeviceDialog onClose={close} onAdded={(code, name, kind) => setOpen({ what: 'code', code, name, kind })} /> : null}
      {open?.what === 'code' ? <CodeDialog first={open.code} name={open.name} kind={open.kind} onClose={close} /> : null}
      {open?.what === 'revoke' ? <RevokeDialog device={open.device} onClose={close} /> : null}
    </div>
  );
}

function RevokeDialog({ device, onClose }: { device: Device; onClose: () => void }) {
  const revoke = useRevokeDevice();
  const { name } = device;
  const onRevoke = (): void =>
    revoke.mutate(device.id, {
      onSuccess: () => {
        toast({ tone: 'success', title: t('device.revoked', { name }) });
        onClose();
      },
    });
  return (
    <Dialog
      title={t('device.revoke.title', { name })}
      size="sm"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button tone="danger" isPending={revoke.isPending} pendingLabel={t('action.saving')} onClick={onRevoke}>
            {t('device.revoke.save')}
          </Button>
        </>
      }
    >
      <p>{t('device.revoke.lead')}</p>
      {revoke.error ? (
        <p role="alert" className="mt-3 font-medium text-danger">
          {errorWords(revoke.error)}
        </p>
      ) : null}
    </Dialog>
  );
}
