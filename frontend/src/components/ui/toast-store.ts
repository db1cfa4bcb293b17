import { announce } from '@/lib/announce';

export interface ToastMessage {
  id: number;
  tone: 'success' | 'error' | 'info';
  title: string;
  detail?: string;
  action?: { label: string; run: () => void };
  /** What closes it, in words, where that answers a question. */
  dismissLabel?: string;
  /** A newer message with the same key takes its place: what it says is no longer true. */
  key?: string;
  /** Milliseconds until it goes by itself; null keeps it until dismissed. */
  timeout: number | null;
}

let messages: readonly ToastMessage[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function change(next: readonly ToastMessage[]): void {
  messages = next;
  for (const listener of listeners) listener();
}

/** Shows a message and speaks it. Errors stay until dismissed; a success goes after 4 s, or 10 s when it can be undone. */
export function toast(message: Omit<ToastMessage, 'id' | 'timeout'> & { timeout?: number | null; silent?: boolean }): number {
  const { silent = false, timeout, ...rest } = message;
  const id = nextId++;
  const stay = timeout === undefined ? (rest.tone === 'error' ? null : rest.action ? 10_000 : 4_000) : timeout;
  const others = rest.key === undefined ? messages : messages.filter((one) => one.key !== rest.key);
  change([...others, { ...rest, id, timeout: stay }].slice(-4));
  if (!silent) announce([rest.title, rest.detail].filter(Boolean).join('. '));
  return id;
}

export function dismissToast(id: number): void {
  change(messages.filter((message) => message.id !== id));
}

/** Takes away the message of a key, if it is still shown. */
export function dismissToasts(key: string): void {
  if (messages.some((message) => message.key === key)) change(messages.filter((message) => message.key !== key));
}

export function dismissAllToasts(): void {
  if (messages.length > 0) change([]);
}

export const toastStore = {
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  read: (): readonly ToastMessage[] => messages,
};
