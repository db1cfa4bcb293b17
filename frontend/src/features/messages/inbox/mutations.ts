import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/api';
import { inboxKeys } from '@/lib/query-keys';
import type { Conversation } from '@/types';

/** What can be done with a conversation as a whole. */
export type ConversationAct =
  | { act: 'assign'; ownerId: string | null }
  | { act: 'done' }
  | { act: 'reopen' }
  | { act: 'snooze'; until: string };

export function useConversationAct() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...wish }: { id: string } & ConversationAct) => {
      const { act, ...body } = wish;
      return api.post<Conversation>(`/api/inbox/${id}/${act}`, { body });
    },
    onSettled: () => void client.invalidateQueries({ queryKey: inboxKeys.all }),
  });
}
