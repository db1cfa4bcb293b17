import { localDate } from '@/lib/time';
import type { Message } from '@/types';

export interface ThreadDay {
  /** Local day, `2026-11-20`. */
  day: string;
  messages: Message[];
}

/** The pages as they came, newest first, as one list from the oldest to the newest; what two pages both bring stands once. */
export function inOrder(pages: readonly { items: readonly Message[] }[]): Message[] {
  const byId = new Map(pages.flatMap((page) => page.items).map((message) => [message.id, message]));
  return [...byId.values()].sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id));
}

/** The messages by the location's local days. */
export function byDay(messages: readonly Message[], zone: string): ThreadDay[] {
  const days: ThreadDay[] = [];
  for (const message of messages) {
    const day = localDate(message.createdAt, zone);
    const last = days.at(-1);
    if (last?.day === day) last.messages.push(message);
    else days.push({ day, messages: [message] });
  }
  return days;
}

/** What stands for "nothing yet": before every id, which follow each other in time. */
export const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** The id of what came last, in whatever order a thread shows it. */
export function newestId(messages: readonly Pick<Message, 'id'>[]): string {
  return messages.reduce((newest, { id }) => (id > newest ? id : newest), BEFORE_ALL);
}

export function isUnread(message: Pick<Message, 'direction' | 'readAt'>): boolean {
  return message.direction === 'in' && message.readAt === null;
}

/** A text as short as it can stand in a sentence. */
export function shortText(body: string, most = 60): string {
  const line = body.replace(/\s+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most - 1).trimEnd()}…` : line;
}
