import { useQuery } from '@tanstack/react-query';
import { UserRound, UserRoundX } from 'lucide-react';
import type { ReactNode } from 'react';
import { useState } from 'react';
import type { MenuItem } from '@/components/ui/Menu';
import { MenuPanel } from '@/components/ui/Menu';
import { toast } from '@/components/ui/toast-store';
import { useCan, useSession } from '@/contexts/SessionContext';
import '@/i18n/late/inbox';
import { t } from '@/i18n/t';
import { shopQueries } from '@/lib/data/shop';
import { errorWords } from '@/lib/error-words';
import { momentWords } from '@/lib/message-words';
import { formatTime, zoneName } from '@/lib/time';
import type { Conversation } from '@/types';
import { conversationName } from './InboxRow';
import type { ConversationAct } from './mutations';
import { useConversationAct } from './mutations';
import { snoozeChoices } from './snooze';

export interface ConversationActs {
  mayAct: boolean;
  isPending: boolean;
  finish: (conversation: Conversation) => void;
  assignMenu: (conversation: Conversation, anchor: HTMLElement) => void;
  snoozeMenu: (conversation: Conversation, anchor: HTMLElement) => void;
}

/** What people do with a conversation, by button and by key, with the words for it; `menu` is to be drawn. */
export function useConversationActs(locationId: string, zone: string, onLeft: (id: string) => void): ConversationActs & { menu: ReactNode } {
  const { me } = useSession();
  const mayAct = useCan('message:send');
  const { mutate, isPending } = useConversationAct();
  const [open, setOpen] = useState<{ what: 'assign' | 'snooze'; conversation: Conversation; anchor: HTMLElement; at: number } | null>(null);
  const { data: people = [] } = useQuery({ ...shopQueries.writers(locationId), enabled: open?.what === 'assign' });

  const run = (conversation: Conversation, act: ConversationAct, done: string, hasLeft: boolean): void => {
    mutate(
      { id: conversation.id, ...act },
      {
        onSuccess: () => {
          toast({
            key: 'inbox.act',
            tone: 'success',
            title: done,
            ...(act.act === 'done' ? { action: { label: t('action.undo'), run: () => run(conversation, { act: 'reopen' }, reopened(conversation), false) } } : {}),
          });
          if (hasLeft) onLeft(conversation.id);
        },
        onError: (error) => toast({ tone: 'error', title: t('inbox.act.failed'), detail: errorWords(error) }),
      },
    );
  };
  const assign = (conversation: Conversation, ownerId: string | null, owner: string): void => {
    const name = conversationName(conversation);
    run(conversation, { act: 'assign', ownerId }, ownerId ? t('inbox.assigned', { name, owner }) : t('inbox.unassigned', { name }), false);
  };

  const items = (): MenuItem[] => {
    if (!open) return [];
    const { conversation } = open;
    if (open.what === 'snooze') {
      return snoozeChoices(zone, open.at).map(({ id, word, until }) => {
        const when = momentWords(until, zone, open.at);
        return {
          id,
          label: t(word),
          // The label says the day already.
          detail: id === 'tomorrow' ? `${formatTime(until, zone)} ${zoneName(zone, until)}` : when,
          onSelect: () => run(conversation, { act: 'snooze', until }, t('inbox.snoozed', { name: conversationName(conversation), when }), true),
        };
      });
    }
    // Oneself first: taking a conversation is what one mostly does.
    const others = people.filter((one) => one.id !== me.user.id);
    return [
      { id: 'me', label: t('inbox.owner.me'), icon: UserRound, isCurrent: conversation.ownerId === me.user.id, onSelect: () => assign(conversation, me.user.id, me.user.name) },
      ...others.map((one) => ({
        id: one.id,
        label: one.name,
        icon: UserRound,
        isCurrent: conversation.ownerId === one.id,
        onSelect: () => assign(conversation, one.id, one.name),
      })),
      { id: 'none', label: t('inbox.act.none'), icon: UserRoundX, isCurrent: conversation.ownerId === null, onSelect: () => assign(conversation, null, '') },
    ];
  };

  return {
    mayAct,
    isPending,
    finish: (conversation) => {
      const isDone = conversation.state === 'done' || conversation.state === 'snoozed';
      run(conversation, { act: isDone ? 'reopen' : 'done' }, isDone ? reopened(conversation) : t('inbox.done', { name: conversationName(conversation) }), true);
    },
    assignMenu: (conversation, anchor) => setOpen({ what: 'assign', conversation, anchor, at: Date.now() }),
    snoozeMenu: (conversation, anchor) => setOpen({ what: 'snooze', conversation, anchor, at: Date.now() }),
    menu: open ? (
      <MenuPanel label={t(open.what === 'assign' ? 'inbox.act.assign' : 'snooze.title')} items={items()} anchor={open.anchor} onClose={() => setOpen(null)} />
    ) : null,
  };
}

function reopened(conversation: Conversation): string {
  return t('inbox.reopened', { name: conversationName(conversation) });
}
