/**
 * Shapes of the API under the names that the interface uses. They come from the server's own document (`./keytag types`
 * writes `generated/openapi.d.ts`); only what that document can't say is written here.
 *
 * Money is integer cents and absent for people who may not see money. Instants are ISO 8601 in UTC; days are local to the location.
 */
import type { components } from './generated/openapi';

type Schemas = components['schemas'];

export type Status = Schemas['Appointment']['status'];
export type Role = Schemas['MeUser']['role'];

/** The keys of the permission matrix; a key that is mistyped here is never granted. */
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
  | 'invoice:unlock'
  | 'report:view'
  | 'day:close'
  | 'audit:view'
  | 'service:edit'
  | 'service:note'
  | 'service:discount_any'
  | 'user:manage'
  | 'settings:manage'
  | 'catalog:manage'
  | 'user:list';

export type Flags = Schemas['Flags'];
export type ShopLocation = Schemas['MeLocation'];
export type Brand = Schemas['Brand'];
export type Me = Omit<Schemas['Me'], 'permissions'> & { permissions: Permission[] };
export type PublicApp = Omit<Schemas['App'], 'demo'> & { demo: { logins: { role: Role; email: string }[]; password: string } | null };

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export type LocationDetail = Schemas['Location'];
export type Person = Schemas['User'];
export interface PermissionMatrix {
  roles: Role[];
  permissions: { key: string; description: string; roles: Role[] }[];
}

export type BoardCard = Schemas['Card'];
export type BoardColumn = Schemas['Column'];
export type Board = Schemas['Board'];
export type MoveResult = Schemas['Moved'];

export type Appointment = Schemas['Appointment'];
export type Collision = Schemas['Collision'];

/** One field of an edit that somebody else changed meanwhile, as an `edit_conflict` names it. */
export interface FieldConflict {
  field: string;
  yours: unknown;
  theirs: unknown;
  base: unknown;
  changedBy: string | null;
  changedAt: string | null;
}

/** A request leaves out what it does not say, where the document lists the default. */
type Request<T> = { [K in keyof T]?: NonNullable<T[K]> };
type Edit<T> = { [K in keyof T]?: T[K] };

export type NewAppointment = Request<Schemas['AppointmentCreate']> & { locationId: string };
export type AppointmentPatch = Edit<Omit<Schemas['AppointmentChange'], 'version' | 'override'>> & {
  version?: number;
  override?: Schemas['Override'];
};

export type DrawerCustomer = Schemas['DrawerCustomer'];
export type DrawerVehicle = Schemas['DrawerVehicle'];
export type ServiceLine = Schemas['DrawerService'];
export type LedgerEntry = Schemas['DrawerPayment'];
export type ChecklistItem = Schemas['DrawerItem'];
export type Checklist = Schemas['DrawerChecklist'];
/** Changes by field: [before, after]. */
export type HistoryEntry = Omit<Schemas['DrawerChange'], 'changes'> & { changes: Record<string, [unknown, unknown]> };
export type DrawerData = Omit<Schemas['Drawer'], 'history'> & { history: HistoryEntry[] };

export type CustomerListItem = Schemas['CustomerSummary'];
export type Customer = Schemas['Customer'];
export type Vehicle = Schemas['Vehicle'];
export type Visit = Omit<Schemas['Visit'], 'status'> & { status: Status };
export type PossibleDuplicate = Schemas['Duplicate'];
export type VinReport = Schemas['Vin'];

/** A live change of an appointment, from the stream of events. */
export interface LiveAppointment {
  id: string;
  locationId: string;
  version: number;
  rev: number;
  day: string;
  deleted?: boolean;
  card?: BoardCard | null;
}

// --- money --------------------------------------------------------------------------------------

/** A visit's whole ledger with its invoice. */
export type Ledger = Schemas['Ledger'];
export type LedgerPayment = Schemas['Payment'];
export type PaymentMethod = LedgerPayment['method'];
/** A new entry, how its visit stands now, and the visit's invoice. */
export type Entered = Schemas['Entered'];
export type Invoice = Schemas['Invoice'];
export type NewPayment = Request<Omit<Schemas['PaymentCreate'], 'amountCents' | 'method'>> & { amountCents: number; method: PaymentMethod };

// --- work and catalogue --------------------------------------------------------------------------

/** A visit's work: its lines in `items`, by job. Amounts are absent for people who may not see money. */
export type Sheet = Schemas['Sheet'];
export type Job = Schemas['Job'];
export type WorkLine = Schemas['Line'];
export type LineKind = WorkLine['kind'];
export type TaxClass = NonNullable<WorkLine['taxClass']>;
export type Urgency = NonNullable<Job['urgency']>;
export type LinePatch = Edit<Omit<Schemas['LineChange'], 'version'>>;
export type NewLine = Request<Schemas['LineCreate']> & Pick<Schemas['LineCreate'], 'kind' | 'name'>;
export type NewJob = Request<Schemas['JobCreate']>;
export type JobPatch = Edit<Omit<Schemas['JobChange'], 'version'>>;
export type JobDiscount = Edit<Schemas['JobDiscount']>;
/** Work that the car was declined at another visit and nobody has taken up. */
export type DeclinedJob = Schemas['DeclinedJob'];
export type CatalogJob = Schemas['CatalogJob'];
export type CannedLine = Schemas['CannedLine'];
export type NewCatalogJob = Omit<CatalogJob, 'id' | 'version' | 'priceCents'>;
export type LaborRate = Schemas['Rate'];
export type Rates = Schemas['Rates'];
export type LocationSettings = Schemas['LocationSettings'];

// --- books ---------------------------------------------------------------------------------------

/** A day of a location: what it should hold by method, and its close. */
export type BooksDay = Schemas['BooksDay'];
export type DayMethod = Schemas['DayMethod'];
export type DayClose = Schemas['DayClose'];
/** What was counted, in cents by method, with what the person saw expected. */
export type NewDayClose = Request<Schemas['DayCloseCreate']>;
export type Owed = Schemas['Owed'];
export type OpenInvoice = Schemas['OpenInvoice'];
export type TaxReport = Schemas['TaxReport'];
export type JournalBalance = Schemas['JournalBalance'];
export type JournalEntry = Schemas['JournalEntry'];
/** Where a cent is off. */
export type BooksFault = Schemas['BooksFault'];
export type ExportAllowance = Schemas['ExportAllowance'];
