/** What a merge keeps, takes and drops, worked out before anything is sent. */
import type { Customer } from '@/types';
import type { CustomerField } from './mutations';
import { CUSTOMER_FIELDS } from './mutations';

export type Side = 'keep' | 'take';
export type Choices = Partial<Record<CustomerField, Side>>;

/** The fields in which the two differ: only there is something to choose. */
export function differingFields(kept: Customer, other: Customer): CustomerField[] {
  return CUSTOMER_FIELDS.filter((field) => (kept[field] ?? '') !== (other[field] ?? ''));
}

/** The choice that stands before the person touches it: the kept record's value, the other's where there is none. */
export function chosenSide(choices: Choices, field: CustomerField, kept: Customer): Side {
  return choices[field] ?? (kept[field] ? 'keep' : 'take');
}

/** The fields whose value on the one or the other side will be gone. */
export function lostFields(choices: Choices, kept: Customer, other: Customer): CustomerField[] {
  return differingFields(kept, other).filter((field) => (chosenSide(choices, field, kept) === 'keep' ? other : kept)[field]);
}
