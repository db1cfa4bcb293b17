import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import type { RefObject } from 'react';
import { useMemo, useState } from 'react';
import { ApiError, newIdempotencyKey } from '@/api';
import { toast } from '@/components/ui/toast-store';
import { useSession } from '@/contexts/SessionContext';
import '@/i18n/late/messages';
import { t } from '@/i18n/t';
import { useRested } from '@/lib/debounce';
import { useDraft } from '@/lib/drafts';
import { errorReference, errorWords } from '@/lib/error-words';
import { releaseWords, verdictWords } from '@/lib/message-words';
import type { Message, MessagePreview, MessageTemplate, Verdict } from '@/types';
import type { MessageDraft } from './draft';
import { EMPTY_DRAFT, MESSAGE } from './draft';
import type { Sending } from './mutations';
import { useSend } from './mutations';
import type { Place } from './place';
import { pathOf } from './place';
import type { Composed } from './queries';
import { messageQueries } from './queries';
import { BEFORE_ALL, newestId } from './thread';

/** The verdict is asked for before anything is written: one sign stands for the text that will be. */
const PROBE = '.';

/** What a draft would send; null while there is nothing to send. */
export function composedOf({ channel, body, subject, templateId }: Omit<MessageDraft, 'sent'>): Composed | null {
  if (templateId) return { channel, templateId };
  const text = body.trim();
  if (!text) return null;
  return { channel, body: text, ...(channel === 'email' ? { subject: subject.trim() } : {}) };
}

export interface Composer {
  draft: MessageDraft;
  change: (changes: Partial<MessageDraft>) => void;
  /** Of what is written; with nothing written its verdict alone counts. */
  preview: MessagePreview | null;
  isEmpty: boolean;
  isChecking: boolean;
  checkError: unknown;
  isSending: boolean;
  /** Why the last try did not go, in words; what was written is kept. */
  failure: string | null;
  fieldErrors: Record<string, string[]>;
  useTemplate: (template: MessageTemplate) => void;
  editTemplate: () => void;
  send: (override?: { reason: string }) => void;
  /** A colleague has answered since the thread was opened: what they wrote, until it is decided. */
  answered: Message | null;
  /** Sends in spite of the colleague's answer, which is seen now. */
  sendToo: () => void;
  /** Does not send; what was written is kept. */
  leaveIt: () => void;
}

/** A message in the making: kept on the device, checked as one types, sent once. */
export function useComposer(place: Place, zone: string, seenRef: RefObject<string | null>, onSent: () => void): Composer {
  const userId = useSession().me.user.id;
  const client = useQueryClient();
  const [draft, change] = useDraft(MESSAGE, userId, pathOf(place));
  const [missing, setMissing] = useState<Record<string, string[]>>({});
  const sending = useSend(place);

  const { channel, body, subject, templateId } = draft;
  const composed = useMemo(() => composedOf({ channel, body, subject, templateId }), [channel, body, subject, templateId]);
  const isEmpty = composed === null;
  const asked = useMemo(
    (): Composed => composed ?? { channel, body: PROBE, ...(channel === 'email' ? { subject: PROBE } : {}) },
    [composed, channel],
  );
  const rested = useRested(asked, 250);
  const check = useQuery({ ...messageQueries.preview(place, rested), placeholderData: keepPreviousData });
  const isChecking = rested !== asked || check.isFetching;

  const shownId = (): string => newestId(client.getQueryData(messageQueries.thread(place).queryKey)?.pages.flatMap((page) => page.items) ?? []);
  const send = (override?: { reason: string }): void => {
    if (sending.isPending) return;
    const needs: Record<string, string[]> = {};
    if (!composed) needs.body = [t('composer.body.need')];
    else if (channel === 'email' && !templateId && !subject.trim()) needs.subject = [t('composer.subject.need')];
    setMissing(needs);
    if (!composed || Object.keys(needs).length > 0) return;
    const message: Sending = { ...composed, ...(override ? { override } : {}) };
    // The same words again after a silence are the same act: the server knows it by its key.
    const text = JSON.stringify(message);
    const act = draft.sent?.body === text ? draft.sent : { body: text, key: newIdempotencyKey(), seenId: seenRef.current ?? BEFORE_ALL, shownId: shownId() };
    change({ sent: act });
    sending.mutate(
      { sending: { ...message, seenId: act.seenId ?? BEFORE_ALL, shownId: act.shownId ?? BEFORE_ALL }, idempotencyKey: act.key },
      {
        onSuccess: (answer) => {
          seenRef.current = answer.id;
          change({ ...EMPTY_DRAFT, channel });
          if (answer.heldUntil) toast({ tone: 'info', title: t('composer.held', { when: releaseWords(answer.heldUntil, zone) }) });
          onSent();
        },
        // What the server has judged is over; only a silence is asked again under the same key.
        onError: (error) => {
          if (error instanceof ApiError && error.status !== 0 && error.status < 500) change({ sent: null });
        },
      },
    );
  };

  const { error } = sending;
  const answered = error instanceof ApiError && error.code === 'answered_meanwhile' ? (error.extra<Message>('answer') ?? null) : null;
  // A guard's refusal is told as its verdict is, anything else as everywhere.
  const verdict = error instanceof ApiError ? error.extra<Verdict>('verdict') : undefined;
  return {
    draft,
    change: (changes) => {
      setMissing({});
      sending.reset();
      change(changes);
    },
    preview: check.data ?? null,
    isEmpty,
    isChecking,
    checkError: check.isPlaceholderData ? null : check.error,
    isSending: sending.isPending,
    failure: error && !answered ? [t('composer.failed'), verdict ? verdictWords(verdict, zone) : errorWords(error), errorReference(error)].filter(Boolean).join(' ') : null,
    fieldErrors: { ...(error instanceof ApiError ? error.fields : {}), ...missing },
    useTemplate: (template) => {
      setMissing({});
      sending.reset();
      change({ channel: template.channel, templateId: template.id, body: '', subject: '' });
    },
    editTemplate: () => {
      const shown = check.data;
      change({ templateId: null, body: shown?.text ?? '', subject: shown?.subject ?? '' });
    },
    send,
    answered,
    sendToo: () => {
      if (answered) seenRef.current = answered.id;
      send(sending.variables?.sending.override);
    },
    leaveIt: () => {
      if (answered) seenRef.current = answered.id;
      sending.reset();
    },
  };
}
