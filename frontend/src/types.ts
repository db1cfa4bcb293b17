/**
 * Shapes of the API, as the interface uses them.
 *
 * Provisional: written from the agreed contract; the shapes move to `generated/openapi.d.ts` when the backend's document is committed.
 * Money is integer cents and absent for people who may not see money. Instants are ISO 8601 in UTC; days are local to the location.
 */

export type Status = 'SCHEDULED' | 'IN_PROGRESS' | 'READY' | 'COMPLETED' | 'NO_SHOW' | 'CANCELED';
export type Role = 'Owner' | 'Advisor' | 'Tech' | 'Accountant';

export type Permission =
  | 'board:view'
  | 'appointment:view'
  | 'appointment:edit'
  | 'appointment:note'
  | 'appointment:move'
  | 'appointment:complete'
  | 'appointment:reopen'
  | 'appointment:overbook'
  | 'appointment:delete'
  | 'customer:view'
  | 'customer:edit'
  | 'customer:merge'
  | 'money:view'
  | 'message:send'
  | 'message:view'
  | 'message:override_quiet_hours'
  | 'inspection:fill'
  | 'payment:record'
  | 'payment:void'
  | 'report:view'
  | 'audit:view'
  | 'service:edit'
  | 'service:note'
  | 'user:manage'
  | 'settings:manage'
  | 'catalog:manage'
  | 'user:list';

export interface Flags {
  messaging: boolean;
  payments: boolean;
  inspections: boolean;
  commandPalette: boolean;
  brandTheming: boolean;
}

export interface ShopLocation {
  id: string;
  name: string;
  /** IANA name, such as America/New_York. */
  timezone: string;
}

export interface Brand {
  name: string;
  color: string | null;
}

export interface Me {
  user: { id: string; name: string; email: string; role: Role };
  permissions: Permission[];
  flags: Flags;
  locations: ShopLocation[];
  brand: Brand;
  version: string;
}

export interface PublicApp {
  brand: Brand;
  demo: null | { logins: { role: Role; email: string }[]; password: string };
  version: string;
}

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export interface LocationDetail extends ShopLocation {
  currency: string;
  opensAt: string;
  closesAt: string;
  bays: { id: string; name: string }[];
}

export interface Person {
  id: string;
  name: string;
  email?: string;
  role: Role;
  isActive: boolean;
  locationIds: string[];
  color?: string | null;
  version?: number;
  /** When they last signed in; like `email` and `version` only for those who manage users. */
  lastSeenAt?: string | null;
}

export interface BoardCard {
  id: string;
  number: number;
  status: Status;
  /** 1-based rank in the column of the location's board; only in the board's own answer. */
  position?: number;
  /** Where the card stands in its column: smaller is higher. */
  orderKey: number;
  version: number;
  start: string;
  end: string;
  promisedAt: string | null;
  statusSince: string;
  /** Only in the board's own answer. */
  carryOver?: boolean;
  customerId: string | null;
  customerName: string | null;
  customerPhone?: string | null;
  vehicleId: string | null;
  vehicle: string | null;
  plate: string | null;
  keyTag: string | null;
  servicesSummary: string | null;
  techId: string | null;
  techName: string | null;
  bayId: string | null;
  bayName: string | null;
  title: string | null;
  totalCents?: number;
  paidCents?: number;
  unreadCount: number;
  checkInAt: string | null;
  checkOutAt: string | null;
  day: string;
  flags: string[];
}

export interface BoardColumn {
  key: Status;
  title: string;
  count: number;
  sumCents?: number;
  oldestSince: string | null;
}

export interface Board {
  location: ShopLocation;
  from: string;
  to: string;
  today: string;
  columns: BoardColumn[];
  cards: BoardCard[];
}

export interface MoveResult {
  id: string;
  status: Status;
  position: number;
  version: number;
  card: BoardCard;
}

export interface Appointment {
  id: string;
  number: number;
  locationId: string;
  status: Status;
  statusSince: string;
  version: number;
  start: string;
  end: string;
  day: string;
  promisedAt: string | null;
  checkInAt: string | null;
  checkOutAt: string | null;
  customerId: string | null;
  vehicleId: string | null;
  customerName: string | null;
  vehicle: string | null;
  plate: string | null;
  techId: string | null;
  techName: string | null;
  bayId: string | null;
  bayName: string | null;
  keyTag: string | null;
  title: string | null;
  notes: string | null;
  isWaiting: boolean;
  isOverbooked: boolean;
  overbookReason: string | null;
  overbookedBy: string | null;
  totalCents?: number;
  paidCents?: number;
  createdAt: string;
  updatedAt: string;
}

export interface Collision {
  id: string;
  number: number;
  start: string;
  end: string;
  kind: 'technician' | 'bay';
  name: string;
  customerName: string | null;
  vehicle: string | null;
}

export interface FieldConflict {
  field: string;
  yours: unknown;
  theirs: unknown;
  base: unknown;
  changedBy: string | null;
  changedAt: string | null;
}

export interface DrawerCustomer {
  id: string;
  name: string;
  company?: string | null;
  phone: string | null;
  email: string | null;
  notes: string | null;
  version: number;
  visitCount: number;
}

export interface DrawerVehicle {
  id: string;
  label: string;
  year: number | null;
  make: string | null;
  model: string | null;
  trim?: string | null;
  plate: string | null;
  plateState: string | null;
  vin: string | null;
  color: string | null;
  mileage: number | null;
  engine: string | null;
  version: number;
}

export interface ServiceLine {
  id: string;
  name: string;
  notes: string | null;
  hours: number | null;
  priceCents?: number | null;
  category: string | null;
  kind: string;
  approval: string | null;
}

export interface ThreadMessage {
  id: string;
  direction: string;
  channel: string;
  body: string;
  status: string;
  createdAt: string;
  by: string | null;
}

export interface LedgerEntry {
  id: string;
  kind: string;
  amountCents: number;
  method: string;
  note: string | null;
  createdAt: string;
  by: string | null;
}

export interface ChecklistItem {
  id: string;
  label: string;
  result: string | null;
  note: string | null;
}

export interface Checklist {
  id: string;
  title: string;
  items: ChecklistItem[];
}

export interface HistoryEntry {
  id: string;
  at: string;
  action: string;
  actorName: string | null;
  actorRole: string | null;
  changes: Record<string, [unknown, unknown]>;
  reason: string | null;
}

export interface DrawerData {
  appointment: Appointment & { location: ShopLocation; overbookedByName?: string | null };
  customer: DrawerCustomer | null;
  vehicle: DrawerVehicle | null;
  services: ServiceLine[];
  messages: ThreadMessage[];
  payments: LedgerEntry[];
  checklists: Checklist[];
  history: HistoryEntry[];
}

export interface CustomerListItem {
  id: string;
  name: string;
  company?: string | null;
  phone: string | null;
  email: string | null;
  vehicleCount: number;
  lastVisitAt: string | null;
  /** The first three. */
  vehicles: { id: string; label: string | null; plate: string | null; vin: string | null }[];
  matchedOn?: string | null;
}

export interface NewAppointment {
  locationId: string;
  customerId?: string;
  customer?: { name: string; phone?: string; email?: string };
  vehicleId?: string;
  vehicle?: { year?: number; make?: string; model?: string; plate?: string; vin?: string; color?: string };
  start?: string;
  end?: string;
  techId?: string;
  bayId?: string;
  title?: string;
  notes?: string;
  promisedAt?: string;
  keyTag?: string;
  isWaiting?: boolean;
  checkIn?: boolean;
  override?: { reason: string };
}

export type AppointmentPatch = Partial<
  Pick<
    Appointment,
    | 'customerId'
    | 'vehicleId'
    | 'start'
    | 'end'
    | 'techId'
    | 'bayId'
    | 'promisedAt'
    | 'keyTag'
    | 'title'
    | 'notes'
    | 'isWaiting'
    | 'checkInAt'
    | 'checkOutAt'
  >
> & { version?: number; override?: { reason: string } };

export interface LiveAppointment {
  id: string;
  locationId: string;
  version: number;
  rev: number;
  day: string;
  deleted?: boolean;
  card?: BoardCard | null;
}

export interface Vehicle {
  id: string;
  customerId: string | null;
  customerName: string | null;
  /** `2019 Toyota Corolla`, or as much as is known; null when nothing is. */
  label: string | null;
  year: number | null;
  make: string | null;
  model: string | null;
  trim: string | null;
  engine: string | null;
  color: string | null;
  plate: string | null;
  plateState: string | null;
  vin: string | null;
  /** Miles. */
  mileage: number | null;
  notes: string | null;
  version: number;
  createdAt: string;
  updatedAt: string;
}

export interface Customer {
  id: string;
  name: string;
  company: string | null;
  /** E.164. */
  phone: string | null;
  email: string | null;
  notes: string | null;
  version: number;
  createdAt: string;
  updatedAt: string;
  visitCount: number;
  lastVisitAt: string | null;
  openAppointmentCount: number;
  /** The newest entry first. */
  vehicles: Vehicle[];
}

/** An appointment as the history of a customer or vehicle shows it; `start` is to be read in `timezone`. */
export interface Visit {
  appointmentId: string;
  number: number;
  locationId: string;
  locationName: string;
  timezone: string;
  status: Status;
  start: string;
  customerId: string | null;
  customerName: string | null;
  vehicleId: string | null;
  vehicle: string | null;
  plate: string | null;
  title: string | null;
  servicesSummary: string | null;
  totalCents?: number;
  paidCents?: number;
}

/** A customer who may be the same person; `matchedOn` names what agrees: phone, email, name. */
export interface PossibleDuplicate {
  id: string;
  name: string;
  company: string | null;
  phone: string | null;
  email: string | null;
  matchedOn: string[];
  vehicleCount: number;
  lastVisitAt: string | null;
}

/** What the server reads in a VIN without asking anybody. */
export interface VinReport {
  vin: string;
  isValid: boolean;
  checkDigit: string | null;
  expectedCheckDigit: string | null;
  year: number | null;
  make: string | null;
  manufacturer: string | null;
  region: string | null;
  country: string | null;
  errors: string[];
}

export interface PermissionMatrix {
  roles: Role[];
  permissions: { key: string; description: string; roles: Role[] }[];
}
