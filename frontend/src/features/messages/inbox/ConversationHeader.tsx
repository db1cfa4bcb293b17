import { AlarmClock, Check, RotateCcw, UserRound } from 'lucide-react';
import type { ReactNode } from 'react';
import { useEffect, useRef } from 'react';
import { Link } from 'react-router';
import { Button } from '@/components/ui/Button';
import { useAppointmentActions } from '@/contexts/AppointmentContext';
import { useCan, useSession } from '@/contexts/SessionContext';
import '@/i18n/late/inbox';
import { t } from '@/i18n/t';
import { formatPhone } from '@/lib/phone';
import type { Conversation, ConversationThread, OpenJob } from '@/types';
import { conversationName } from './InboxRow';
import type { ConversationActs } from './useConversationActs';

interface ConversationHeaderProps {
  conversation: Conversation;
  customer: ConversationThread['customer'];
  jobs: readonly OpenJob[];
  zone: string;
  back: ReactNode;
  acts: ConversationActs;
}

/** Who it is, their open jobs, and what can be done with the conversation. */
export function ConversationHeader({ conversation, customer, jobs, back, acts }: ConversationHeaderProps) {
  const { open } = useAppointmentActions();
  const { me } = useSession();
  const maySeeCustomer = useCan('customer:view');
  const heading = useRef<HTMLHeadingElement>(null);
  const name = conversationName(conversation);
  const isOpen = conversation.state === 'open';
  const owner = conversation.ownerId === me.user.id ? t('inbox.owner.me') : (conversation.ownerName ?? t('inbox.owner.none'));
  // Another conversation is another page: a screen reader begins at its title, the list's keys go on.
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
  }, [conversation.id]);
  return (
    <header className="flex min-h-14 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-surface px-4 py-1.5">
      {back}
      <div className="min-w-0 flex-1 basis-48">
        <h1 ref={heading} tabIndex={-1} className="truncate text-lg leading-6 font-semibold">
          {name}
        </h1>
        <p className="flex flex-wrap items-center gap-x-3 text-xs text-muted">
          <a href={`tel:${conversation.phone}`} className="tabular text-primary hover:underline pointer-coarse:py-2">
            {formatPhone(conversation.phone)}
          </a>
          {customer && maySeeCustomer ? (
            <Link to={`/customers/${customer.id}`} className="text-primary hover:underline pointer-coarse:py-2">
              {t('inbox.act.customer')}
            </Link>
          ) : null}
          {jobs.map((job) => (
            <button key={job.id} type="button" onClick={() => open(job.id)} className="truncate text-primary hover:underline pointer-coarse:py-2">
              {[t('inbox.act.job', { number: String(job.number) }), job.vehicle].filter(Boolean).join(' · ')}
            </button>
          ))}
          {jobs.length === 0 ? <span>{t('inbox.noJob')}</span> : null}
        </p>
      </div>
      {acts.mayAct ? (
        <div className="flex shrink-0 items-center gap-2">
          <Button
            size="sm"
            icon={<UserRound size={16} aria-hidden />}
            aria-haspopup="menu"
            aria-label={t('inbox.owner', { name: owner })}
            data-act="assign"
            onClick={(event) => acts.assignMenu(conversation, event.currentTarget)}
          >
            <span className="max-w-28 truncate">{owner}</span>
          </Button>
          {isOpen ? (
            <Button
              size="sm"
              icon={<AlarmClock size={16} aria-hidden />}
              aria-haspopup="menu"
              data-act="snooze"
              onClick={(event) => acts.snoozeMenu(conversation, event.currentTarget)}
            >
              {t('inbox.act.snooze')}
            </Button>
          ) : null}
          <Button
            size="sm"
            tone={isOpen ? 'primary' : 'secondary'}
            icon={isOpen ? <Check size={16} aria-hidden /> : <RotateCcw size={16} aria-hidden />}
            disabled={acts.isPending}
            onClick={() => acts.finish(conversation)}
          >
            {t(isOpen ? 'inbox.act.done' : conversation.state === 'snoozed' ? 'inbox.act.wake' : 'inbox.act.reopen')}
          </Button>
        </div>
      ) : null}
    </header>
  );
}
