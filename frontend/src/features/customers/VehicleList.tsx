import { CarFront, Ellipsis, Pencil, Plus } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button } from '@/components/ui/Button';
import { IconButton } from '@/components/ui/IconButton';
import type { MenuItem } from '@/components/ui/Menu';
import { Menu } from '@/components/ui/Menu';
import { toast } from '@/components/ui/toast-store';
import { useAppointmentActions } from '@/contexts/AppointmentContext';
import { useCan } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import { useFocusKeeper } from '@/lib/focus-keeper';
import type { Customer, Vehicle } from '@/types';
import { DeleteDialog } from './DeleteDialog';
import { useDeleteVehicle } from './mutations';
import { OwnerDialog } from './OwnerDialog';
import { Panel } from './Panel';
import { Plate } from './Plate';
import { mileageWords, vehicleName } from './vehicle-words';
import { VehicleDialog } from './VehicleDialog';

type Open = { what: 'edit' | 'owner' | 'delete'; vehicle: Vehicle } | { what: 'add' } | null;

/** A customer's vehicles, each with what one may do with it. */
export function VehicleList({ customer, onHistory }: { customer: Customer; onHistory: (vehicleId: string) => void }) {
  const mayEdit = useCan('customer:edit');
  const [open, setOpen] = useState<Open>(null);
  const close = (): void => setOpen(null);
  const add = useRef<HTMLSpanElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useFocusKeeper(list, () => add.current?.querySelector('button'));

  return (
    <Panel
      title={t('vehicles.title')}
      aside={
        mayEdit ? (
          <span ref={add}>
            <Button tone="ghost" size="sm" icon={<Plus size={16} aria-hidden />} onClick={() => setOpen({ what: 'add' })}>
              {t('vehicle.add')}
            </Button>
          </span>
        ) : null
      }
    >
      <div ref={list}>
        {customer.vehicles.length === 0 ? (
          <p className="px-4 pb-4 text-muted">{t('vehicles.none')}</p>
        ) : (
          <ul role="list" className="@container pb-1">
            {customer.vehicles.map((vehicle) => (
              <VehicleRow
                key={vehicle.id}
                vehicle={vehicle}
                customerId={customer.id}
                onHistory={() => onHistory(vehicle.id)}
                onOpen={mayEdit ? (what) => setOpen({ what, vehicle }) : null}
              />
            ))}
          </ul>
        )}
      </div>
      {open?.what === 'add' ? <VehicleDialog customerId={customer.id} vehicle={null} onClose={close} /> : null}
      {open?.what === 'edit' ? <VehicleDialog customerId={customer.id} vehicle={open.vehicle} onClose={close} /> : null}
      {open?.what === 'owner' ? <OwnerDialog vehicle={open.vehicle} onClose={close} /> : null}
      {open?.what === 'delete' ? <DeleteVehicle vehicle={open.vehicle} onClose={close} /> : null}
    </Panel>
  );
}

interface VehicleRowProps {
  vehicle: Vehicle;
  customerId: string;
  onHistory: () => void;
  /** Null for those who may only look. */
  onOpen: ((what: 'edit' | 'owner' | 'delete') => void) | null;
}

function VehicleRow({ vehicle, customerId, onHistory, onOpen }: VehicleRowProps) {
  const mayBook = useCan('appointment:edit');
  const { create } = useAppointmentActions();
  const name = vehicleName(vehicle);
  const facts = [vehicle.trim, vehicle.engine, vehicle.color, mileageWords(vehicle.mileage)].filter(Boolean).join(' · ');
  const items: (MenuItem | 'separator')[] = [{ id: 'history', label: t('vehicle.menu.history'), onSelect: onHistory }];
  if (mayBook) {
    items.unshift({
      id: 'new',
      label: t('vehicle.menu.appointment'),
      onSelect: () => create({ customerId, vehicleId: vehicle.id }),
    });
  }
  if (onOpen) {
    items.push({ id: 'owner', label: t('vehicle.menu.owner'), onSelect: () => onOpen('owner') }, 'separator', {
      id: 'delete',
      label: t('vehicle.menu.delete'),
      isDanger: true,
      onSelect: () => onOpen('delete'),
    });
  }

  return (
    <li className="flex items-start gap-3 border-t border-line py-2.5 pr-2 pl-4">
      <span aria-hidden className="mt-0.5 hidden @sm:flex size-8 shrink-0 items-center justify-center rounded-full bg-sunken text-muted">
        <CarFront size={18} />
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
          <span className="font-semibold">{name}</span>
          <Plate plate={vehicle.plate} state={vehicle.plateState} />
        </p>
        {facts ? <p className="text-muted">{facts}</p> : null}
        {vehicle.vin ? (
          <p className="text-xs text-muted">
            {t('vehicle.vin')} <span className="font-mono text-ink select-all">{vehicle.vin}</span>
          </p>
        ) : null}
        {vehicle.notes ? <p className="mt-1 text-xs whitespace-pre-wrap">{vehicle.notes}</p> : null}
      </div>
      <span className="flex shrink-0">
        {onOpen ? (
          <IconButton icon={Pencil} label={t('vehicle.edit', { vehicle: name })} onClick={() => onOpen('edit')} />
        ) : null}
        <Menu label={t('vehicle.actions', { vehicle: name })} items={items}>
          {(trigger) => <IconButton icon={Ellipsis} label={t('vehicle.actions', { vehicle: name })} {...trigger} />}
        </Menu>
      </span>
    </li>
  );
}

function DeleteVehicle({ vehicle, onClose }: { vehicle: Vehicle; onClose: () => void }) {
  const remove = useDeleteVehicle(vehicle.id);
  const name = vehicleName(vehicle);
  return (
    <DeleteDialog
      title={t('vehicle.delete.title', { vehicle: name })}
      detail={t('vehicle.delete.detail')}
      name={name}
      isPending={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onDelete={() =>
        remove.mutate(vehicle.version, {
          onSuccess: () => {
            toast({ tone: 'success', title: t('vehicle.delete.done', { vehicle: name }) });
            onClose();
          },
        })
      }
    />
  );
}
