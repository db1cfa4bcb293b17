/** What a move tells its customer: said where it leaves by itself, asked about where the shop wants a person's word. */
import { api } from '@/api';
import '@/i18n/late/messages';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import { askedWords, leavingWords, readLeaving } from '@/lib/leaving-text';
import { reasonWords, releaseWords } from '@/lib/message-words';
import type { Message } from '@/types';
import { dismissToasts, toast } from './toast-store';

/** The question stays this long, in milliseconds; afterwards the card's flag and the desk have it. */
const ASKED_FOR = 20_000;
/** The text is written a moment after the move. */
const LOOK_EVERY = 500;
const LOOKS = 10;

const pause = (time: number): Promise<void> => new Promise((resolve) => window.setTimeout(resolve, time));

async function sendProposed(appointmentId: string, zone: string): Promise<void> {
  try {
    for (let look = 0; look < LOOKS; look += 1) {
      if (look > 0) await pause(LOOK_EVERY);
      const text = await readLeaving(appointmentId);
      if (!text) break;
      if (!text.messageId) continue;
      const after = await api.post<Message>(`/api/messages/${text.messageId}/send`, { body: {} });
      if (after.status === 'held' && after.dueAt) toast({ tone: 'info', title: t('messages.done.held', { when: releaseWords(after.dueAt, zone) }) });
      else if (after.status === 'suppressed') toast({ tone: 'error', title: t('messages.done.refused', { reason: reasonWords(after.reason, null, zone) ?? '' }) });
      else toast({ tone: 'success', title: t('messages.done.send') });
      return;
    }
    toast({ tone: 'error', title: t('leaving.ask.gone') });
  } catch (error) {
    toast({ tone: 'error', title: t('messages.act.failed'), detail: errorWords(error) });
  }
}

/**
 * Asks what a job's last step tells. What leaves by itself is given to `say`; what asks first is put in front of whoever moved
 * the card, with Send and Not now. A step that was taken back takes its question along.
 */
export async function tellLeaving(appointmentId: string, zone: string, maySend: boolean, say: (words: string) => void): Promise<void> {
  const key = `proposed ${appointmentId}`;
  dismissToasts(key);
  const text = await readLeaving(appointmentId).catch(() => undefined);
  const words = leavingWords(text, zone);
  if (words) say(words);
  const asked = maySend ? askedWords(text, zone) : null;
  if (asked === null) return;
  toast({
    tone: 'info',
    key,
    title: t('leaving.ask'),
    detail: asked,
    timeout: ASKED_FOR,
    action: { label: t('messages.act.send'), run: () => void sendProposed(appointmentId, zone) },
    dismissLabel: t('leaving.ask.later'),
  });
}
