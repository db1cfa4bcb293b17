import { appointmentWords } from './words/appointments';
import { boardWords } from './words/board';
import { calendarWords } from './words/calendar';
import { commonWords } from './words/common';
import { customerWords } from './words/customers';
import { inboxWords } from './words/inbox';
import { messageWords } from './words/messages';
import { textWords } from './words/texts';
import { userWords } from './words/users';

/** A word or sentence with `{holes}`; or its plural forms, chosen by `{count}`. */
export type Entry = string | { readonly one: string; readonly other: string };
export type Catalogue = Readonly<Record<string, Entry>>;

/** Every word of the interface in English. Another language is another object with the same keys. */
export const en = {
  ...commonWords,
  ...boardWords,
  ...appointmentWords,
  ...calendarWords,
  ...customerWords,
  ...userWords,
  ...messageWords,
  ...inboxWords,
  ...textWords,
} as const satisfies Catalogue;

export type WordKey = keyof typeof en;
