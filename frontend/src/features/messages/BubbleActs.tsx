import { Suspense, lazy, useState } from 'react';
import { Button } from '@/components/ui/Button';
import { ReasonDialog } from '@/components/ui/ReasonDialog';
import { toast } from '@/components/ui/toast-store';
import { useCan } from '@/contexts/SessionContext';
import '@/i18n/late/messages';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import { GIVEN_UP, messageState, reasonWords, releaseWords } from '@/lib/message-words';
import type { Message } from '@/types';
import type { MessageAct } from './mutations';
import { useMessageAct } from './mutations';
import { shortText } from './thread';

/** Seldom asked for: threads begin without it. */
const WhyDialog = lazy(() => import('./WhyDialog').then((module) => ({ default: module.WhyDialog })));

/** Texts that somebody may ask about: why it waits, or was not sent. */
const ASKED = new Set(['held', 'suppressed', 'failed', 'undelivered', 'unknown', 'proposed']);

/** Says what became of an act on a text. */
export function tellOutcome(act: MessageAct, message: Message, zone: string): void {
  if (act === 'cancel') {
    toast({ tone: 'success', title: t('messages.done.cancel') });
    return;
  }
  if (GIVEN_UP.has(message.status)) {
    toast({ tone: 'error', title: t('messages.done.refused', { reason: reasonWords(message.reason, { trigger: message.trigger }, zone) ?? '' }) });
  } else if (message.status === 'held' && message.dueAt) {
    toast({ tone: 'info', title: t('messages.done.held', { when: releaseWords(message.dueAt, zone) }) });
  } else if (message.status === 'suppressed') {
    toast({ tone: 'error', title: t('messages.done.refused', { reason: reasonWords(message.reason, null, zone) ?? '' }) });
  } else toast({ tone: 'success', title: t(act === 'retry' ? 'messages.done.retry' : 'messages.done.send') });
}

interface BubbleActsProps {
  message: Message;
  zone: string;
  mayAct: boolean;
  /** Where a new text is written instead of one that is not so any more; null where there is no such place. */
  onWrite: (() => void) | null;
}

/** What can be done about a text that has not arrived; nothing for one that has. */
export function BubbleActs({ message, zone, mayAct, onWrite }: BubbleActsProps) {
  const mayOverride = useCan('message:override_quiet_hours');
  const act = useMessageAct();
  const [open, setOpen] = useState<'why' | 'override' | null>(null);
  const isProposed = message.status === 'proposed';
  const isHeld = message.status === 'held';
  const isUntrue = GIVEN_UP.has(message.status) && message.reason === 'no_longer_true';
  const run = (name: MessageAct, override?: { reason: string }): void => {
    act.mutate(
      { id: message.id, act: name, ...(override ? { override } : {}) },
      {
        onSuccess: (after) => {
          setOpen(null);
          tellOutcome(name, after, zone);
        },
        onError: (error) => toast({ tone: 'error', title: t('messages.act.failed'), detail: errorWords(error) }),
      },
    );
  };
  const label = (name: string): string => t('messages.act.of', { act: name, text: shortText(message.body, 40) });
  const button = (name: string, onClick: () => void, isMain = false) => (
    <Button size="sm" tone={isMain ? 'secondary' : 'ghost'} aria-label={label(name)} disabled={act.isPending} onClick={onClick}>
      {name}
    </Button>
  );
  const hasActs = mayAct && (isProposed || message.canRetry || message.canCancel || (isHeld && mayOverride));
  const isAsked = ASKED.has(message.status) || message.overrideReason !== null;
  if (!hasActs && !isAsked) return null;
  return (
    <div className="flex flex-wrap items-center justify-end gap-1">
      {mayAct && isProposed ? button(t('messages.act.send'), () => run('send'), true) : null}
      {mayAct && message.canRetry ? button(t('messages.act.retry'), () => run('retry'), true) : null}
      {mayAct && isUntrue && onWrite ? button(t('messages.act.write'), onWrite, true) : null}
      {mayAct && isHeld && message.reason === 'retry_later' ? button(t('messages.act.tryNow'), () => run('send'), true) : null}
      {mayAct && isHeld && mayOverride && message.reason !== 'review_open' && message.reason !== 'retry_later' ? button(t('messages.act.sendNow'), () => setOpen('override')) : null}
      {mayAct && (message.canCancel || isProposed) ? button(t(isProposed || GIVEN_UP.has(message.status) ? 'messages.act.dismiss' : 'messages.act.cancel'), () => run('cancel')) : null}
      {isAsked ? button(t('messages.act.why'), () => setOpen('why')) : null}
      <Suspense fallback={null}>{open === 'why' ? <WhyDialog message={message} zone={zone} onClose={() => setOpen(null)} /> : null}</Suspense>
      {open === 'override' ? (
        <ReasonDialog
          title={t('composer.override.title')}
          lead={t('composer.override.lead', { verdict: messageState(message, zone).words })}
          submitLabel={t('composer.override.submit')}
          isPending={act.isPending}
          onSubmit={(reason) => run('send', { reason })}
          onClose={() => setOpen(null)}
        />
      ) : null}
    </div>
  );
}
