import type { CustomerListItem, NewAppointment } from '@/types';

/** Who or what a new job is for, as one types it at the counter. */
export type Who =
  | { kind: 'known'; customer: CustomerListItem }
  /** Typed and not chosen: a new name, or a plate. */
  | { kind: 'typed'; text: string; as: 'name' | 'plate' };

/** Three to eight letters and digits with a digit among them, said in one group or two, are a plate rather than a name. */
export function looksLikePlate(text: string): boolean {
  const groups = text.trim().split(/[ -]+/);
  const signs = groups.join('');
  // Seven digits are a phone number without its area.
  return groups.length <= 2 && /^[A-Za-z0-9]{3,8}$/.test(signs) && /\d/.test(signs) && !/^\d{7,}$/.test(signs);
}

/** `2019 Toyota Corolla LE` → year, make and model; without a year the first word is the make. */
export function parseVehicle(text: string): { year?: number; make?: string; model?: string } {
  const words = text.trim().split(/\s+/).filter(Boolean);
  const year = /^(19|20)\d\d$/.test(words[0] ?? '') ? Number(words.shift()) : undefined;
  const [make, ...model] = words;
  return {
    ...(year ? { year } : {}),
    ...(make ? { make } : {}),
    ...(model.length > 0 ? { model: model.join(' ') } : {}),
  };
}

export interface VisitorDraft {
  who: Who;
  phone: string;
  /** A vehicle of a known customer; `new` for another one. */
  vehicleId: string | null;
  vehicleWords: string;
  plate: string;
}

type Visitor = Pick<NewAppointment, 'customerId' | 'customer' | 'vehicleId' | 'vehicle'>;

/** The visitor's part of the request; null while neither a name nor a car is known. */
export function visitorOf(draft: VisitorDraft): Visitor | null {
  const result: Visitor = {};
  let plate = draft.plate.trim();
  if (draft.who.kind === 'known') result.customerId = draft.who.customer.id;
  else if (draft.who.as === 'plate') plate ||= draft.who.text.trim();
  else if (draft.who.text.trim()) {
    const phone = draft.phone.trim();
    result.customer = { name: draft.who.text.trim(), ...(phone ? { phone } : {}) };
  }
  if (draft.vehicleId && draft.vehicleId !== 'new') result.vehicleId = draft.vehicleId;
  else {
    const vehicle = { ...parseVehicle(draft.vehicleWords), ...(plate ? { plate } : {}) };
    if (Object.keys(vehicle).length > 0) result.vehicle = vehicle;
  }
  return Object.keys(result).length > 0 ? result : null;
}
