import { clsx } from 'clsx';
import type { LucideIcon } from 'lucide-react';
import { Ban, Check, CheckCheck, CircleHelp, CircleX, Clock, Hourglass, Mail, PenLine } from 'lucide-react';
import { topLayer } from '@/components/ui/layers';
import '@/i18n/late/messages';
import { hasWord, t } from '@/i18n/t';
import { messageState } from '@/lib/message-words';
import { useNow } from '@/lib/now';
import { formatDateTime, formatTime, localDate } from '@/lib/time';
import type { Message, MessageStatus } from '@/types';
import { BubbleActs } from './BubbleActs';
import { isUnread } from './thread';

const ICONS: Record<MessageStatus, LucideIcon> = {
  proposed: PenLine,
  held: Clock,
  queued: Hourglass,
  sending: Hourglass,
  sent: Check,
  delivered: CheckCheck,
  undelivered: CircleX,
  failed: CircleX,
  unconfirmed: CircleHelp,
  unknown: CircleHelp,
  suppressed: Ban,
  canceled: Ban,
  received: Check,
};
const TONES = { muted: 'text-muted', warning: 'text-warning', danger: 'font-medium text-danger' };
/** What has not gone out stands in a dashed frame. */
const PENDING: ReadonlySet<MessageStatus> = new Set(['proposed', 'held', 'suppressed', 'canceled', 'failed']);

/** Who wrote it: a colleague, the shop by itself, or the customer. */
function author(message: Message): string {
  if (message.direction === 'in') return t('messages.in');
  const origin = `messages.origin.${message.origin}`;
  // One that asked first has somebody who let it go.
  if (hasWord(origin)) return message.by ? t('messages.by', { what: t(origin), name: message.by }) : t(origin);
  return message.by ?? t('messages.out');
}

/** When it was written; of what left, when it was sent: with its day where that is another one. */
function timeWords({ createdAt, sentAt }: Message, zone: string): string {
  if (sentAt === null || localDate(sentAt, zone) === localDate(createdAt, zone)) return formatTime(sentAt ?? createdAt, zone);
  return formatDateTime(sentAt, zone);
}

/** The thread's own composer stands below it, in the layer that is open where there is one; with a template it has no text to type. */
function focusComposer(): void {
  const place = topLayer() ?? document;
  (place.querySelector<HTMLElement>('[data-composer-text]') ?? place.querySelector<HTMLElement>('[data-composer] [type="submit"]'))?.focus();
}

/** One text of a thread, with how far it came and what can be done about it. */
export function Bubble({ message, zone, mayAct }: { message: Message; zone: string; mayAct: boolean }) {
  const now = useNow();
  const isOurs = message.direction === 'out';
  const state = messageState(message, zone, now);
  const Icon = ICONS[message.status];
  const isPending = PENDING.has(message.status);
  return (
    <li data-message={message.id} data-status={message.status} className={clsx('flex max-w-[88%] flex-col gap-0.5', isOurs ? 'items-end self-end' : 'items-start self-start')}>
      <div
        className={clsx(
          'max-w-full rounded-panel border px-3 py-2 text-left',
          isPending ? 'border-dashed border-line-strong' : isOurs ? 'border-transparent bg-info-soft text-info' : 'border-line-strong bg-sunken',
          (message.status === 'canceled' || message.status === 'suppressed') && 'text-muted',
        )}
      >
        {message.subject ? <p className="font-semibold break-words">{message.subject}</p> : null}
        <p className="break-words whitespace-pre-wrap">{message.body}</p>
      </div>
      <p className={clsx('flex flex-wrap items-center gap-x-1.5 text-xs text-muted', isOurs && 'justify-end text-right')}>
        {isUnread(message) ? <span className="font-semibold text-info">{t('messages.unread')}</span> : null}
        {message.channel === 'email' ? (
          <>
            <Mail size={12} aria-hidden />
            <span className="sr-only">{t('messages.channel.email')}</span>
          </>
        ) : null}
        {message.channel === 'page' ? <span>{t(isOurs ? 'messages.channel.page.ours' : 'messages.channel.page')}</span> : null}
        <span>{[author(message), timeWords(message, zone)].join(' · ')}</span>
        {isOurs ? (
          <span className={clsx('inline-flex items-center gap-1', TONES[state.tone])}>
            <Icon size={12} aria-hidden className="shrink-0" />
            <span>{state.words}</span>
          </span>
        ) : null}
      </p>
      {isOurs && message.overrideReason && message.overriddenBy ? (
        <p className="text-right text-xs break-words text-muted">
          {t(message.sentAt ? 'messages.overridden.sent' : 'messages.overridden', { name: message.overriddenBy, reason: message.overrideReason })}
        </p>
      ) : null}
      {isOurs ? <BubbleActs message={message} zone={zone} mayAct={mayAct} onWrite={focusComposer} /> : null}
    </li>
  );
}
