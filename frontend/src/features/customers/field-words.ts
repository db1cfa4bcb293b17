import { ApiError } from '@/api';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import { formatPhone } from '@/lib/phone';
import { zoneWords } from '@/lib/zones';
import { conflictAuthor } from '@/lib/data/conflicts';
import type { ConflictRow } from '@/components/ui/ConflictSheet';
import type { FieldConflict } from '@/types';

const WORDS = {
  name: 'customer.name',
  company: 'customer.company',
  phone: 'customer.phone',
  email: 'customer.email',
  timezone: 'customer.timezone',
  notes: 'customer.notes',
  vin: 'vehicle.vin',
  year: 'vehicle.year',
  make: 'vehicle.make',
  model: 'vehicle.model',
  trim: 'vehicle.trim',
  engine: 'vehicle.engine',
  color: 'vehicle.color',
  plate: 'vehicle.plate',
  plateState: 'vehicle.plateState',
  mileage: 'vehicle.mileage',
  customerId: 'vehicle.owner.label',
} as const;

/** A field's name in words. */
export function fieldWord(field: string): string {
  return field in WORDS ? t(WORDS[field as keyof typeof WORDS]) : field;
}

/** A field's value as people read it; empty when there is none. */
export function valueWords(field: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (field === 'timezone') return zoneWords(String(value));
  return field === 'phone' ? formatPhone(String(value)) : String(value);
}

export function conflictRows(conflicts: readonly FieldConflict[]): ConflictRow[] {
  return conflicts.map((conflict) => ({
    field: conflict.field,
    label: fieldWord(conflict.field),
    yours: valueWords(conflict.field, conflict.yours),
    theirs: valueWords(conflict.field, conflict.theirs),
    by: conflictAuthor(conflict),
  }));
}

/** The server's words for one field, else those for the whole refusal. */
export function refusalWords(error: unknown, field: string): string {
  const own = error instanceof ApiError ? error.fields[field]?.[0] : undefined;
  return own ?? errorWords(error);
}
