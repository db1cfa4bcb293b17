/** The vehicle form's text and what it means; the server judges again. */
import { t } from '@/i18n/t';
import type { Vehicle } from '@/types';
import type { VehicleDraft, VehicleField } from './mutations';
import { VEHICLE_FIELDS } from './mutations';
import { tidyVin } from './vin';

export type VehicleText = Record<VehicleField, string>;
export type VehicleErrors = Partial<Record<VehicleField, string>>;

export function toText(vehicle: Vehicle | null): VehicleText {
  return Object.fromEntries(VEHICLE_FIELDS.map((field) => [field, String(vehicle?.[field] ?? '')])) as VehicleText;
}

function meaning(field: VehicleField, text: string): string | number | null {
  const tidy = field === 'vin' ? tidyVin(text) : field === 'mileage' ? text.replace(/[\s,]/g, '') : text.trim();
  if (!tidy) return null;
  return field === 'year' || field === 'mileage' ? Number(tidy) : tidy;
}

/** What is wrong with the form before it is sent. */
export function findErrors(text: VehicleText): VehicleErrors {
  const errors: VehicleErrors = {};
  const year = meaning('year', text.year);
  const mileage = meaning('mileage', text.mileage);
  if (year !== null && !/^(1[89]|20)\d\d$/.test(String(year))) errors.year = t('vehicle.badYear');
  if (mileage !== null && !Number.isSafeInteger(mileage)) errors.mileage = t('vehicle.badMileage');
  const names = ['vin', 'make', 'model', 'plate'] as const;
  if (names.every((field) => meaning(field, text[field]) === null)) errors.vin = t('vehicle.needOne');
  return errors;
}

/** The fields that the form makes different from the vehicle, by their meaning; all that are filled for a new one. */
export function changedFields(text: VehicleText, vehicle: Vehicle | null): VehicleDraft {
  const entries = VEHICLE_FIELDS.map((field) => [field, meaning(field, text[field])] as const);
  return Object.fromEntries(entries.filter(([field, value]) => value !== (vehicle?.[field] ?? null))) as VehicleDraft;
}
