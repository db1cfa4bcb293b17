import type { Appointment, BoardCard, Status } from '@/types';

/** An appointment as the calendar draws it: instants in milliseconds, so that laying out hundreds of them parses nothing. */
export interface CalendarEvent {
  id: string;
  number: number;
  status: Status;
  version: number;
  /** [start, end) */
  start: number;
  end: number;
  techId: string | null;
  techName: string | null;
  bayId: string | null;
  bayName: string | null;
  customerName: string | null;
  vehicle: string | null;
  plate: string | null;
  keyTag: string | null;
  title: string | null;
  isWaiting: boolean;
  isOverbooked: boolean;
  /** Its move is on its way to the server. */
  isSaving?: boolean;
}

/** When and whose an appointment would be. */
export interface Plan {
  start: number;
  end: number;
  techId: string | null;
  techName: string | null;
}

/** Something planned meets an appointment that has the same technician or bay at that time. */
export interface Clash {
  id: string;
  kind: 'technician' | 'bay';
  /** The technician's or bay's name. */
  name: string | null;
  customerName: string | null;
  vehicle: string | null;
  start: number;
  end: number;
}

type Row = Pick<
  Appointment & BoardCard,
  | 'id'
  | 'number'
  | 'status'
  | 'version'
  | 'start'
  | 'end'
  | 'techId'
  | 'techName'
  | 'bayId'
  | 'bayName'
  | 'customerName'
  | 'vehicle'
  | 'plate'
  | 'keyTag'
  | 'title'
>;

function common(row: Row): Omit<CalendarEvent, 'isWaiting' | 'isOverbooked'> {
  return {
    id: row.id,
    number: row.number,
    status: row.status,
    version: row.version,
    start: Date.parse(row.start),
    end: Date.parse(row.end),
    techId: row.techId,
    techName: row.techName,
    bayId: row.bayId,
    bayName: row.bayName,
    customerName: row.customerName,
    vehicle: row.vehicle,
    plate: row.plate,
    keyTag: row.keyTag,
    title: row.title,
  };
}

export function fromAppointment(row: Appointment): CalendarEvent {
  return { ...common(row), isWaiting: row.isWaiting, isOverbooked: row.isOverbooked };
}

/** A live change brings the board's card. */
export function fromCard(card: BoardCard): CalendarEvent {
  return { ...common(card), isWaiting: card.flags.includes('waiting'), isOverbooked: card.flags.includes('overbooked') };
}

/** Whether it takes its technician's and bay's time. */
export function isBlocking(event: CalendarEvent): boolean {
  return event.status !== 'CANCELED' && event.status !== 'NO_SHOW';
}

/** Finished jobs stay where they were: their time is a record, not a plan. */
export function isMovable(event: CalendarEvent): boolean {
  return event.status === 'SCHEDULED' || event.status === 'IN_PROGRESS' || event.status === 'READY';
}
