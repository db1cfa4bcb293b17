import { t } from '@/i18n/t';
import type { Vehicle } from '@/types';

const miles = new Intl.NumberFormat('en-US');

/** What a vehicle is called: year, make and model, else its plate, else the end of its VIN. */
export function vehicleName(vehicle: { label: string | null; plate: string | null; vin: string | null }): string {
  return vehicle.label ?? vehicle.plate ?? (vehicle.vin ? `…${vehicle.vin.slice(-6)}` : t('vehicle.unnamed'));
}

export function mileageWords(mileage: number | null): string {
  return mileage === null ? '' : t('vehicle.mileage.unit', { miles: miles.format(mileage) });
}

/** Whose vehicle already has the VIN, so that one can find it. */
export function vinInUseWords(other: Vehicle): string {
  const vehicle = vehicleName(other);
  return other.customerName ? t('vehicle.vin.inUse', { vehicle, name: other.customerName }) : t('vehicle.vin.inUseNoOwner', { vehicle });
}
