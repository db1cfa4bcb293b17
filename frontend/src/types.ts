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
  | 'report:view'
  | 'audit:view'
  | 'service:edit'
  | 'service:note'
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
export type ThreadMessage = Schemas['DrawerMessage'];
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

// --- texting ------------------------------------------------------------------------------------

export type Channel = 'sms' | 'email';
export type MessageStatus =
  | 'proposed'
  | 'held'
  | 'queued'
  | 'sending'
  | 'sent'
  | 'delivered'
  | 'undelivered'
  | 'failed'
  | 'unconfirmed'
  | 'unknown'
  | 'suppressed'
  | 'canceled'
  | 'received';

/** A text or email as every list brings it. `dueAt` of a held one is its release. */
export interface Message {
  id: string;
  direction: 'in' | 'out';
  channel: Channel;
  status: MessageStatus;
  body: string;
  subject?: string | null;
  segments: number | null;
  createdAt: string;
  by: string | null;
  origin: string;
  messageClass: string;
  reason: string | null;
  errorCode: string | null;
  dueAt: string | null;
  sentAt: string | null;
  deliveredAt: string | null;
  readAt: string | null;
  templateId: string | null;
  canRetry: boolean;
  canCancel: boolean;
}

/** Whether a text goes now, waits, or may not go; `zone` is the customer's whose clock decides. */
export interface Verdict {
  kind: 'now' | 'held' | 'refused';
  until?: string | null;
  reason?: string | null;
  zone?: string | null;
  detail?: Record<string, unknown> | null;
  canOverride: boolean;
}

/** Who has a composer open, and until when it is believed. */
export interface Answering {
  name: string;
  until: string;
}
export interface LiveMessage {
  messageId: string;
  appointmentId: string | null;
  conversationId: string | null;
  status: MessageStatus;
  unreadCount: number | null;
}
export interface LiveConversation {
  id: string;
  unreadCount: number;
  ownerId: string | null;
  state: 'open' | 'snoozed' | 'done';
  answering: Answering | null;
}

/** Something in a text that keeps it from being used, at [start, end). */
export interface Finding {
  code: string;
  found: string;
  hint: string | null;
  start: number;
  end: number;
}

/** The exact text as it would arrive, and whether it may go. */
export interface MessagePreview {
  text: string;
  subject?: string | null;
  encoding: 'gsm7' | 'ucs2';
  characters: number;
  segments: number;
  /** The opt-out line was added. */
  footer: boolean;
  replaced: { sign: string; instead: string }[];
  /** Names of the variables that nothing was found for. */
  missing: string[];
  findings: Finding[];
  verdict: Verdict;
}

export interface MessageTemplate {
  id: string;
  locationId: string | null;
  name: string;
  category: string;
  channel: Channel;
  purpose: 'informational' | 'marketing';
  subject: string | null;
  body: string;
  version: number;
  useCount: number;
  lastUsedAt: string | null;
}

export interface ConsentEvent {
  id: string;
  purpose: 'informational' | 'marketing' | null;
  kind: string;
  method: string;
  wording: string | null;
  note: string | null;
  by: string | null;
  at: string;
}
export interface ConsentReview {
  id: string;
  phone: string;
  kind: 'opt_out_or_job' | 'cancel_appointment' | 'wrong_number';
  text: string;
  openedAt: string;
  dueAt: string;
  decision: string | null;
  decidedAt: string | null;
}
export interface NumberConsent {
  phone: string;
  informational: string;
  marketing: string;
  since: string | null;
  method: string | null;
  wording: string | null;
  events: ConsentEvent[];
  reviews: ConsentReview[];
}
