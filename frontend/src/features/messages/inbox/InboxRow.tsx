import { clsx } from 'clsx';
import { AlarmClock, MessageSquareWarning, PenLine } from 'lucide-react';
import { memo } from 'react';
import { Link } from 'react-router';
import { Badge } from '@/components/ui/Badge';
import { TechMark } from '@/components/ui/TechMark';
import '@/i18n/late/inbox';
import { t } from '@/i18n/t';
import { momentWords } from '@/lib/message-words';
import { useNow } from '@/lib/now';
import { formatPhone } from '@/lib/phone';
import { MINUTE, formatDay, formatTime, localDate, shortSpan } from '@/lib/time';
import type { Conversation } from '@/types';

/** What a conversation is called: its customer, else its number. */
export function conversationName({ customerName, phone }: Pick<Conversation, 'customerName' | 'phone'>): string {
  return customerName ?? formatPhone(phone);
}

/** How long somebody has been waiting: `waits 20 min`. */
function waitWords(length: number): string {
  return length < MINUTE ? t('time.now') : t('inbox.waits', { span: shortSpan(length) });
}

interface InboxRowProps {
  conversation: Conversation;
  zone: string;
  href: string;
  isOpen: boolean;
  /** Somebody else's name while they answer. */
  answering: string | null;
}

/** One conversation in the list: who, how long they wait, what they said last, and whose it is. */
export const InboxRow = memo(function InboxRow({ conversation, zone, href, isOpen, answering }: InboxRowProps) {
  const now = useNow();
  const { unreadCount, waitingSince, lastMessageAt, preview, ownerName, hasOpenReview, snoozedUntil } = conversation;
  const isUnread = unreadCount > 0;
  const day = localDate(lastMessageAt, zone);
  const last = day === localDate(now, zone) ? formatTime(lastMessageAt, zone) : formatDay(day);
  return (
    <li data-conversation={conversation.id}>
      <Link
        to={href}
        aria-current={isOpen ? 'page' : undefined}
        className={clsx(
          'flex flex-col gap-0.5 border-b border-line px-4 py-2.5 hover:bg-hover focus-visible:outline-offset-[-2px] pointer-coarse:py-3.5',
          isOpen && 'bg-info-soft hover:bg-info-soft',
        )}
      >
        <span className="flex items-center gap-2">
          <span className={clsx('min-w-0 flex-1 truncate', isUnread ? 'font-semibold' : 'font-medium')}>{conversationName(conversation)}</span>
          <span className={clsx('tabular shrink-0 text-xs', isUnread ? 'font-medium text-info' : 'text-muted')}>
            {isUnread && waitingSince ? waitWords(now - Date.parse(waitingSince)) : last}
          </span>
        </span>
        <span className="flex items-center gap-2">
          <span className={clsx('min-w-0 flex-1 truncate', isUnread ? 'text-ink' : 'text-muted')}>{preview}</span>
          {isUnread ? <Badge tone="info">{t('inbox.row.unread', { count: unreadCount })}</Badge> : null}
          {ownerName ? <TechMark name={ownerName} /> : null}
        </span>
        {hasOpenReview || answering || snoozedUntil ? (
          <span className="flex flex-wrap items-center gap-1.5">
            {hasOpenReview ? (
              <Badge tone="warning" icon={MessageSquareWarning}>
                {t('inbox.review')}
              </Badge>
            ) : null}
            {answering ? (
              <Badge tone="info" icon={PenLine}>
                {t('inbox.answering', { name: answering })}
              </Badge>
            ) : null}
            {snoozedUntil ? (
              <Badge icon={AlarmClock}>{t('inbox.snoozedUntil', { when: momentWords(snoozedUntil, zone, now) })}</Badge>
            ) : null}
          </span>
        ) : null}
      </Link>
    </li>
  );
});
