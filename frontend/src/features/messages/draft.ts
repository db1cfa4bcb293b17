import type { DraftKind } from '@/lib/drafts';
import type { Channel } from '@/types';

export interface MessageDraft {
  channel: Channel;
  body: string;
  subject: string;
  templateId: string | null;
  /**
   * The act that is under way: what was sent, the newest texts as the thread was opened and as it was sent, and its key, kept
   * along so that sending the same words again after a reload is still one text.
   */
  sent: { body: string; key: string; seenId?: string; shownId?: string } | null;
}

export const EMPTY_DRAFT: MessageDraft = { channel: 'sms', body: '', subject: '', templateId: null, sent: null };

/** Messages that were begun, by the address of their thread. */
export const MESSAGE: DraftKind<MessageDraft> = {
  empty: EMPTY_DRAFT,
  isEmpty: (draft) => !draft.body && !draft.subject && !draft.templateId && draft.channel === EMPTY_DRAFT.channel,
  isDraft: ({ body, subject, channel }) => typeof body === 'string' && typeof subject === 'string' && (channel === 'sms' || channel === 'email'),
};
