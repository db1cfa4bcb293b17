import type { amountWords } from './words/amounts';
import { appointmentWords } from './words/appointments';
import type { auditWords } from './words/audit';
import type { bookWords } from './words/books';
import { boardWords } from './words/board';
import type { calendarWords } from './words/calendar';
import { commonWords } from './words/common';
import { customerWords } from './words/customers';
import type { catalogWords } from './words/catalog';
import type { clockWords } from './words/clocks';
import type { consentWords } from './words/consent';
import type { deviceWords } from './words/devices';
import type { estimateWords } from './words/estimates';
import type { historyWords } from './words/history';
import type { inboxWords } from './words/inbox';
import type { inspectionWords } from './words/inspections';
import type { keyWords } from './words/keys';
import type { messageWords } from './words/messages';
import type { paymentWords } from './words/payments';
import type { peopleWords } from './words/people';
import type { photoWords } from './words/photos';
import type { serviceWords } from './words/services';
import type { switchWords } from './words/switches';
import type { numbersWords } from './words/numbers';
import type { tabletWords } from './words/tablet';
import type { textWords } from './words/texts';
import { userWords } from './words/users';
import type { wallWords } from './words/wall';

/** A word or sentence with `{holes}`; or its plural forms, chosen by `{count}`. */
export type Entry = string | { readonly one: string; readonly other: string };
export type Catalogue = Readonly<Record<string, Entry>>;

/**
 * The words of the interface in English that every page may need; those of texting, numbers and devices come along with their code, by the modules
 * in `late/`. Another language is another object with the same keys.
 */
export const en = {
  ...commonWords,
  ...boardWords,
  ...appointmentWords,
  ...customerWords,
  ...userWords,
} as const satisfies Catalogue;

type LateWords = typeof amountWords & typeof auditWords & typeof bookWords & typeof calendarWords & typeof catalogWords & typeof clockWords & typeof consentWords & typeof deviceWords & typeof estimateWords & typeof historyWords & typeof inboxWords & typeof inspectionWords & typeof keyWords & typeof messageWords & typeof numbersWords & typeof paymentWords & typeof peopleWords & typeof photoWords & typeof serviceWords & typeof switchWords & typeof tabletWords & typeof textWords & typeof wallWords;

export type WordKey = keyof typeof en | keyof LateWords;
