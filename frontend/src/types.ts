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
  | 'user:list'
  | 'work:track';

export type Flags = Schemas['Flags'];
export type ShopLocation = Schemas['MeLocation'];
export type Brand = Schemas['Brand'];
export type Me = Omit<Schemas['Me'], 'permissions'> & { permissions: Permission[] };
export type PublicApp = Omit<Schemas['App'], 'demo'> & { demo: { logins: { role: Role; email: string }[]; password: string; pin: string } | null };

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export type TrailRow = Schemas['TrailRow'];
export type AuditCheck = Schemas['AuditCheck'];
export type AuditFault = Schemas['AuditFault'];
export type AuditStatus = Schemas['TrailStatus'];

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
/** Changes by field: [before, after]. */
export type HistoryEntry = Omit<Schemas['DrawerChange'], 'changes'> & { changes: Record<string, [unknown, unknown]> };
export type JobHistory = Omit<Schemas['DrawerHistory'], 'changes'> & { changes: HistoryEntry[] };
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

// --- numbers and devices ---------------------------------------------------------------------------

export type Stats = Schemas['Stats'];
export type Figure = Schemas['Figure'];
export type ComparedFigure = Schemas['ComparedFigure'];
export type Unit = Schemas['Formula']['unit'];
export type FigureRow = Schemas['FigureRow'];
export type FigureRows = Schemas['FigureRowPage'];
export type CarHere = Schemas['CarHere'];
export type VisitWork = Schemas['Work'];
export type WorkedJob = Schemas['WorkedJob'];
export type WorkedHours = Schemas['WorkedHours'];
export type Outcome = Schemas['Outcome'];
export type Device = Schemas['Device'];
export type DeviceCode = Schemas['DeviceCode'];
export type Wall = Schemas['Wall'];
export type WallCard = Schemas['WallCard'];

// --- money --------------------------------------------------------------------------------------

/** A visit's whole ledger with its invoice. */
export type Ledger = Schemas['Ledger'];
export type FoundVisit = Omit<Schemas['FoundVisit'], 'status'> & { status: Status };
export type InvoiceLinks = Schemas['InvoiceLinks'];
export type InvoiceLinkMade = Schemas['InvoiceLinkMade'];
export type InvoiceLinkPreview = Schemas['InvoiceLinkPreview'];
export type MakeInvoiceLink = Pick<Schemas['InvoiceLinkMake'], 'how'>;
export type LedgerPayment = Schemas['Payment'];
export type PaymentMethod = LedgerPayment['method'];
/** A new entry, how its visit stands now, and the visit's invoice. */
export type Entered = Schemas['Entered'];
export type Invoice = Schemas['Invoice'];
export type NewPayment = Request<Omit<Schemas['PaymentCreate'], 'amountCents' | 'method'>> & { amountCents: number; method: PaymentMethod };

// --- books ---------------------------------------------------------------------------------------

/** A day of a location: what it should hold by method, and its close. */
export type BooksDay = Schemas['BooksDay'];
export type DayMethod = Schemas['DayMethod'] & { method: PaymentMethod };
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

// --- estimates ----------------------------------------------------------------------------------
/** How a visit's estimate stands: versions, links, what was said. */
export type Estimates = Schemas['Estimates'];
export type ApprovalRecord = Schemas['ApprovalRecord'];
export type EstimateVersion = Schemas['EstimateVersion'];
export type ShowEstimate = Request<Omit<Schemas['EstimateShow'], 'how'>> & { how: Schemas['EstimateShow']['how'] };
export type EstimateShown = Schemas['EstimateShown'];
/** The document is the visit as its papers show it; the page reads of it what it draws. */
export type EstimatePreview = Omit<Schemas['EstimatePreview'], 'document'> & { document: EstimateDocument };
export interface EstimateDocument {
  jobs: { id: string; name: string; description: string | null; approval: string; choiceId: string | null; isChosen: boolean; totalCents: number }[];
  totals: { totalCents: number };
}
export interface EstimateAnswer {
  jobId: string;
  decision: 'approved' | 'declined';
  reason?: string;
}
export type AnswerSums = Schemas['AnswerSums'];
export type RecordAnswers = Request<Omit<Schemas['AnswersRecord'], 'answers' | 'method' | 'person' | 'saidAt'>> & {
  method: 'phone' | 'in_person';
  person: string;
  saidAt: string;
  answers: readonly EstimateAnswer[];
};

// --- work and catalogue --------------------------------------------------------------------------

/** A visit's work: its lines in `items`, by job. Amounts are absent for people who may not see money. */
export type Sheet = Schemas['Sheet'];

export type Checklist = Schemas['Checklist'];
export type InspectionItem = Schemas['InspectionItem'];
export type InspectionResult = NonNullable<InspectionItem['result']>;
export type InspectionItemPatch = Omit<Schemas['InspectionItemChange'], 'version'>;
export type VisitInspections = Schemas['ChecklistList'];
export type CarFinding = Schemas['CarFinding'];
export type JobOffer = Schemas['JobOffer'];
export type InspectionTemplate = Schemas['InspectionTemplate'];
export type InspectionPoint = Schemas['Point'];
export type NewInspectionTemplate = Schemas['InspectionTemplateCreate'];
export type Report = Schemas['Report'];
export type ReportSend = Pick<Schemas['ReportSend'], 'how'> & Partial<Schemas['ReportSend']>;
export type ReportSent = Schemas['ReportSent'];
export type ReportPreview = Omit<Schemas['ReportPreview'], 'message'> & { message: EstimatePreview['message'] };
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

// --- texting ------------------------------------------------------------------------------------

export type Message = Schemas['Message'];
export type MessageStatus = Message['status'];
/** What the shop can write by; from the customer's own page texts only come in. */
export type Channel = Exclude<Message['channel'], 'page'>;
/** Whether a text goes now, waits, or may not go; `zone` is the customer's whose clock decides. */
export type Verdict = Omit<Schemas['Verdict'], 'detail'> & { detail: Record<string, unknown> };
export type Reason = NonNullable<Verdict['reason']>;
/** Something in a text that keeps it from being used, at [start, end). */
export type Finding = Schemas['Finding'];
/** The exact text as it would arrive, and whether it may go. */
export type MessagePreview = Omit<Schemas['MessagePreview'], 'verdict'> & { verdict: Verdict };
export type MessageAccepted = Schemas['MessageAccepted'];
/** Why a text was held, refused or sent: each guard's answer. */
export type Why = { verdictThen: Verdict; now: Verdict; steps: (Omit<Schemas['Step'], 'verdict'> & { verdict: Verdict | null })[] };
export type WaitingMessage = Schemas['WaitingMessage'];

export type Switch = Schemas['Switch'];

export type MessageTemplate = Schemas['Template'];
export type TemplateCheck = Schemas['Check'];
export type TemplateVariable = Schemas['Variable'];
export type NoticeRule = Schemas['Rule'];
export type NoticeRuleChange = Omit<Request<Schemas['RuleChange']>, 'templateId'> & Pick<NoticeRule, 'trigger' | 'loudness' | 'templateId'>;
/** A text that a job sent or will send by itself; `at` on the location's clock. */
export type JobText = Omit<Schemas['JobText'], 'verdict'> & { verdict: Verdict };

export type NumberConsent = Schemas['Consent'];
export type ConsentEvent = Schemas['ConsentEvent'];
export type ConsentReview = Schemas['Review'];

export type Conversation = Schemas['Conversation'];
export type ConversationThread = Omit<Schemas['Thread'], 'messages'> & { messages: Message[] };
export type OpenJob = Schemas['OpenJob'];
export type InboxSummary = Schemas['InboxSummary'];
/** Who has a composer open, and until when it is believed. */
export type Answering = Schemas['Answering'];

export interface LiveMessage {
  messageId: string;
  appointmentId: string | null;
  conversationId: string | null;
  status: MessageStatus;
  unreadCount: number | null;
}
export type LiveConversation = Pick<Conversation, 'id' | 'unreadCount' | 'ownerId' | 'state' | 'answering'>;

export type Photo = Schemas['Photo'];
/** How much of an upload the server has without a gap. */
export type UploadState = Schemas['Received'];
