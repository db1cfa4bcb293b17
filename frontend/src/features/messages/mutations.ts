import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/api';
import { appointmentKeys, boardKeys, consentKeys, inboxKeys, messageKeys } from '@/lib/query-keys';
import type { ConsentReview, Conversation, Message, MessageAccepted, NumberConsent } from '@/types';
import type { Place } from './place';
import { pathOf } from './place';
import type { Composed } from './queries';

/** What shows texts: threads, lists, counts, and what a job will send. */
export function useRenewMessages(): () => void {
  const client = useQueryClient();
  return () => {
    void client.invalidateQueries({ queryKey: messageKeys.all });
    void client.invalidateQueries({ queryKey: inboxKeys.all });
  };
}

export interface Sending extends Composed {
  override?: { reason: string };
  /** The newest text of the thread that was seen: a colleague's answer after it is asked about. */
  seenId?: string;
  /** The newest text on the screen as this is sent: what the customer wrote after it is not answered by it. */
  shownId?: string;
}

export function useSend(place: Place) {
  const renew = useRenewMessages();
  return useMutation({
    mutationFn: ({ sending, idempotencyKey }: { sending: Sending; idempotencyKey: string }) =>
      api.post<MessageAccepted>(pathOf(place), { body: sending, idempotencyKey }),
    onSettled: renew,
  });
}

export type MessageAct = 'retry' | 'cancel' | 'send';

/** Acts on a text that is there: sends a proposed or held one, tries again, takes it back. */
export function useMessageAct() {
  const renew = useRenewMessages();
  return useMutation({
    mutationFn: ({ id, act, override }: { id: string; act: MessageAct; override?: { reason: string } }) =>
      api.post<Message>(`/api/messages/${id}/${act}`, { body: override ? { override } : {} }),
    onSettled: renew,
  });
}

/** Calls what came in about a job done, for everybody, and the conversation with it. */
export function useFinishJob(jobId: string) {
  const client = useQueryClient();
  const renew = useRenewMessages();
  return useMutation({
    mutationFn: async (conversationId: string | null) => {
      await api.post<undefined>(`/api/appointments/${jobId}/messages/read`, { body: {} });
      if (conversationId) await api.post<Conversation>(`/api/inbox/${conversationId}/done`, { body: {} });
    },
    onSettled: () => {
      renew();
      void client.invalidateQueries({ queryKey: appointmentKeys.drawer(jobId) });
    },
  });
}

export interface NewConsent {
  phone: string;
  kind: 'express' | 'express_written' | 'revoked';
  purpose?: 'informational' | 'marketing';
  method: string;
  wording?: string;
  note?: string;
  locationId?: string;
}

export function useRecordConsent() {
  const client = useQueryClient();
  const renew = useRenewMessages();
  return useMutation({
    mutationFn: (consent: NewConsent) => api.post<NumberConsent>('/api/consent', { body: consent }),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: consentKeys.all });
      renew();
    },
  });
}

export function useDecide() {
  const client = useQueryClient();
  const renew = useRenewMessages();
  return useMutation({
    mutationFn: ({ id, ...body }: { id: string; decision: string; cancelAppointment?: { reason: string } }) =>
      api.post<ConsentReview>(`/api/consent/reviews/${id}/decide`, { body }),
    onSettled: (_review, _error, { cancelAppointment }) => {
      void client.invalidateQueries({ queryKey: consentKeys.all });
      if (cancelAppointment) {
        void client.invalidateQueries({ queryKey: boardKeys.all });
        void client.invalidateQueries({ queryKey: appointmentKeys.all });
      }
      renew();
    },
  });
}
