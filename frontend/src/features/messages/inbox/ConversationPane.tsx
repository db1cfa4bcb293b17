import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ArrowLeft, SearchX } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { ApiError } from '@/api';
import { buttonClasses } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorState } from '@/components/ui/ErrorState';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { useAppointmentActions } from '@/contexts/AppointmentContext';
import { useCan, useSession } from '@/contexts/SessionContext';
import '@/i18n/late/inbox';
import '@/i18n/late/messages';
import { t } from '@/i18n/t';
import { useLive, usePollInterval } from '@/lib/events';
import { useNow } from '@/lib/now';
import { askAgain } from '@/lib/query-client';
import { inboxKeys } from '@/lib/query-keys';
import type { ConversationThread } from '@/types';
import { ConsentLine } from '../ConsentLine';
import { Conversation } from '../Conversation';
import { fieldPlace } from '../fields';
import type { ToldAnswering } from '../useAnswering';
import { useTellAnswering, whoAnswers } from '../useAnswering';
import { ConversationHeader } from './ConversationHeader';
import type { ConversationActs } from './useConversationActs';
import { inboxQueries } from './queries';

interface ConversationPaneProps {
  id: string;
  zone: string;
  /** The list that it was opened from. */
  backTo: string;
  acts: ConversationActs;
  told: ToldAnswering;
}

/** The open conversation: whose it is, what can be done with it, its thread and composer. */
export function ConversationPane({ id, zone, backTo, acts, told }: ConversationPaneProps) {
  const client = useQueryClient();
  const poll = usePollInterval(5_000);
  const { data, error, refetch } = useQuery({ ...inboxQueries.one(id), refetchInterval: poll });
  useLive('conversation', (event) => {
    if (event.id === id) askAgain(client, inboxKeys.one(id));
  });
  const back = (
    <Link
      to={backTo}
      aria-label={t('inbox.back')}
      title={t('inbox.back')}
      className="-ml-2 inline-flex size-9 shrink-0 items-center justify-center rounded-control text-muted hover:bg-hover hover:text-ink xl:hidden pointer-coarse:size-11"
    >
      <ArrowLeft size={18} aria-hidden />
    </Link>
  );
  if (data) return <Known key={id} detail={data} zone={zone} back={back} acts={acts} told={told} />;
  const isGone = error instanceof ApiError && error.status === 404;
  return (
    <>
      <header className="flex h-14 shrink-0 items-center border-b border-line bg-surface px-4">{back}</header>
      {isGone ? (
        <EmptyState
          icon={SearchX}
          title={t('inbox.gone.title')}
          detail={t('inbox.gone.detail')}
          action={
            <Link to={backTo} className={buttonClasses()}>
              {t('inbox.back')}
            </Link>
          }
        />
      ) : error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <div className="p-4">
          <SkeletonLines lines={6} label={t('messages.loading')} />
        </div>
      )}
    </>
  );
}

interface KnownProps extends Pick<ConversationPaneProps, 'zone' | 'acts' | 'told'> {
  detail: ConversationThread;
  back: React.ReactNode;
}

function Known({ detail, zone, back, acts, told }: KnownProps) {
  const { conversation, jobs } = detail;
  const myId = useSession().me.user.id;
  const maySend = useCan('message:send');
  const { open } = useAppointmentActions();
  const answering = whoAnswers(told, conversation, myId, useNow());
  const [isWriting, setWriting] = useState(false);
  useTellAnswering(conversation.id, isWriting);
  const jobId = conversation.appointmentId;
  return (
    <>
      <ConversationHeader conversation={conversation} customer={detail.customer} jobs={jobs} zone={zone} back={back} acts={acts} />
      <Conversation
        place={{ kind: 'conversation', id: conversation.id }}
        locationId={conversation.locationId}
        zone={zone}
        phone={conversation.phone}
        isMine={(event) => event.conversationId === conversation.id || (jobId !== null && event.appointmentId === jobId)}
        bar={<ConsentLine phone={conversation.phone} zone={zone} mayRecord={maySend} />}
        answering={answering}
        onWriting={setWriting}
        onFill={jobId ? (field) => open(jobId, fieldPlace(field).tab) : null}
        onSent={() => undefined}
      />
    </>
  );
}
