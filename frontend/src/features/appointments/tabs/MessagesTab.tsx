import { clsx } from 'clsx';
import { MessageSquare } from 'lucide-react';
import { EmptyState } from '@/components/ui/EmptyState';
import { hasWord, t } from '@/i18n/t';
import { formatDateTime } from '@/lib/time';
import { useEdit } from '../EditContext';

/** The conversation of this job, oldest first as in any chat. */
export function MessagesTab() {
  const { data, zone } = useEdit();
  const { messages } = data;
  if (messages.length === 0) {
    return <EmptyState icon={MessageSquare} title={t('messages.empty.title')} detail={t('messages.empty.detail')} />;
  }
  const ordered = [...messages].sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  return (
    <div className="px-4 py-4">
      {messages.length >= 50 ? <p className="mb-3 text-center text-xs text-muted">{t('messages.newest')}</p> : null}
      <ol role="list" className="flex flex-col gap-3">
        {ordered.map((message) => {
          const isOurs = message.direction.startsWith('out');
          const state = `messages.status.${message.status}`;
          const channel = `messages.channel.${message.channel}`;
          const hasFailed = message.status === 'failed' || message.status === 'undelivered';
          return (
            <li key={message.id} className={clsx('max-w-[85%]', isOurs ? 'self-end text-right' : 'self-start')}>
              <p
                className={clsx(
                  'inline-block rounded-panel px-3 py-2 text-left break-words whitespace-pre-wrap',
                  isOurs ? 'bg-info-soft text-info' : 'bg-sunken',
                )}
              >
                {message.body}
              </p>
              <p className={clsx('mt-0.5 text-xs', hasFailed ? 'font-medium text-danger' : 'text-muted')}>
                {[
                  isOurs ? (message.by ?? t('messages.out')) : t('messages.in'),
                  hasWord(channel) ? t(channel) : message.channel,
                  formatDateTime(message.createdAt, zone),
                  isOurs && hasWord(state) ? t(state) : '',
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </p>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
