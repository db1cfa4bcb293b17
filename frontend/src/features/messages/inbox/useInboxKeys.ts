import { useQueryClient } from '@tanstack/react-query';
import { useHotkeys } from '@/lib/hotkeys';
import { inboxKeys } from '@/lib/query-keys';
import type { Conversation, ConversationThread } from '@/types';
import type { ConversationActs } from './useConversationActs';

/** The conversation that a step leads to; from none, the first or the last. */
export function stepFrom(ids: readonly string[], from: string | null, step: 1 | -1): string | null {
  const at = from === null ? -1 : ids.indexOf(from);
  if (at < 0) return (step === 1 ? ids[0] : ids.at(-1)) ?? null;
  return ids[at + step] ?? null;
}

interface InboxKeys {
  conversations: readonly Conversation[];
  openId: string | null;
  go: (id: string) => void;
  acts: ConversationActs;
}

/** The keys of the inbox: walk, reply, done, assign, snooze. */
export function useInboxKeys({ conversations, openId, go, acts }: InboxKeys): void {
  const client = useQueryClient();
  const ids = conversations.map((one) => one.id);
  const walk = (step: 1 | -1) => (): void => {
    const next = stepFrom(ids, openId, step);
    if (next) go(next);
  };
  const anchor = (act: 'assign' | 'snooze'): HTMLElement | null => document.querySelector<HTMLElement>(`[data-act="${act}"]`);
  const withOpen = (act: (conversation: Conversation) => void) => (): void => {
    // One that a link brought need not be in the list.
    const open = openId === null ? undefined : (client.getQueryData<ConversationThread>(inboxKeys.one(openId))?.conversation ?? conversations.find((one) => one.id === openId));
    if (open && acts.mayAct) act(open);
  };
  useHotkeys({
    j: walk(1),
    k: walk(-1),
    // A chosen template has no field: its button stands for it.
    r: () => (document.querySelector<HTMLElement>('[data-composer-text]') ?? document.querySelector<HTMLElement>('[data-composer] [type="submit"]'))?.focus(),
    e: withOpen(acts.finish),
    a: withOpen((conversation) => {
      const at = anchor('assign');
      if (at) acts.assignMenu(conversation, at);
    }),
    s: withOpen((conversation) => {
      const at = anchor('snooze');
      if (at) acts.snoozeMenu(conversation, at);
    }),
  });
}
