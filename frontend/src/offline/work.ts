/** What screens are shown of the tablet: one snapshot. */
import type { States } from './overlay';
import type { Day, Operation, Person } from './types';

/** `refused`: the shop answers, and does not let this person in. */
export type Connection = 'online' | 'offline' | 'trouble' | 'signedOut' | 'refused';
export interface Work {
  /** `broken`: this browser keeps nothing, so the tablet can't promise anything. */
  status: 'loading' | 'out' | 'in' | 'broken';
  person: Person | null;
  day: Day | null;
  states: States;
  operations: readonly Operation[];
  sending: ReadonlySet<string>;
  progress: ReadonlyMap<string, number>;
  connection: Connection;
  /** Why the shop does not let the person in, in words. */
  refusal: string | null;
  /** Where the desk's pages begin for whom the shop did not let in. Who works at the cars would come back here from "/". */
  ownPage: '/' | '/board';
  /** When the connection became what it is, in this device's milliseconds. */
  since: number;
  keptAt: number | null;
  isSyncing: boolean;
  /** Whether the browser has promised not to clear what is kept. */
  isPersistent: boolean;
  /** Whether the device had no room for the newest day. */
  isFull: boolean;
  /** How many changes of other people wait on this device for them to sign in, by their ids. */
  others: ReadonlyMap<string, number>;
  /** What people who were here are called, by their ids. */
  names: ReadonlyMap<string, string>;
}

const NOTHING: ReadonlyMap<string, never> = new Map<string, never>();
/** As it is before the database was opened. */
export function emptyWork(): Work {
  return {
    status: 'loading',
    person: null,
    day: null,
    states: NOTHING,
    operations: [],
    sending: new Set(),
    progress: NOTHING,
    connection: navigator.onLine ? 'online' : 'offline',
    refusal: null,
    ownPage: '/',
    since: Date.now(),
    keptAt: null,
    isSyncing: false,
    isPersistent: true,
    isFull: false,
    others: NOTHING,
    names: NOTHING,
  };
}
