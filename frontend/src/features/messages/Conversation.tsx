import { useQuery } from '@tanstack/react-query';
import { PenLine, Phone } from 'lucide-react';
import type { ReactNode } from 'react';
import { Suspense, lazy, useEffect, useRef } from 'react';
import { ErrorState } from '@/components/ui/ErrorState';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { useCan } from '@/contexts/SessionContext';
import '@/i18n/late/consent';
import '@/i18n/late/messages';
import { t } from '@/i18n/t';
import { formatPhone } from '@/lib/phone';
import type { LiveMessage } from '@/types';
import { Composer } from './Composer';
import { isEnded } from './consent';
import type { Place } from './place';
import { consentQueries } from './queries';
import { Thread } from './Thread';
import { newestId } from './thread';
import { useThread } from './useThread';

/** Few threads have one. */
const ReviewCard = lazy(() => import('./ReviewCard').then((module) => ({ default: module.ReviewCard })));

interface ConversationProps {
  place: Place;
  locationId: string;
  zone: string;
  /** The customer's number; null when there is none. */
  phone: string | null;
  isMine: (event: LiveMessage) => boolean;
  /** Above the thread: consent, and what else the place offers. */
  bar: ReactNode;
  answering: string | null;
  onWriting: (isWriting: boolean) => void;
  onFill: ((field: string) => void) | null;
  onSent: () => void;
}

/** Thread, open questions and composer: the same in the drawer and in the inbox. */
export function Conversation({ place, locationId, zone, phone, isMine, bar, answering, onWriting, onFill, onSent }: ConversationProps) {
  const maySend = useCan('message:send');
  const thread = useThread(place, zone, isMine);
  const { data: consent } = useQuery(consentQueries.number(phone ?? ''));
  const seenRef = useRef<string | null>(null);
  useEffect(() => {
    if (seenRef.current === null && thread.data) seenRef.current = newestId(thread.messages);
  }, [thread.data, thread.messages]);
  const reviews = consent?.reviews.filter((review) => review.decidedAt === null) ?? [];

  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex min-h-10 shrink-0 flex-wrap items-center gap-x-2 border-b border-line px-2.5 py-1">{bar}</div>
      {reviews.map((review) => (
        <Suspense key={review.id} fallback={null}>
          <ReviewCard review={review} zone={zone} mayDecide={maySend} />
        </Suspense>
      ))}
      {thread.data ? (
        <Thread
          messages={thread.messages}
          zone={zone}
          mayAct={maySend}
          hasOlder={thread.hasNextPage}
          isLoadingOlder={thread.isFetchingNextPage}
          hasOlderFailed={thread.isFetchNextPageError}
          onOlder={() => void thread.fetchNextPage()}
        />
      ) : thread.error ? (
        <div className="min-h-0 flex-1 overflow-y-auto">
          <ErrorState error={thread.error} onRetry={() => void thread.refetch()} />
        </div>
      ) : (
        <div className="min-h-0 flex-1 p-4">
          <SkeletonLines lines={6} label={t('messages.loading')} />
        </div>
      )}
      <div role="status" className="shrink-0">
        {answering ? (
          <p data-answering className="flex items-center gap-2 bg-info-soft px-4 py-1 text-info">
            <PenLine size={14} aria-hidden className="shrink-0" />
            {t('answering.one', { name: answering })}
          </p>
        ) : null}
      </div>
      {consent && phone && isEnded(consent) ? (
        <p data-call className="flex shrink-0 flex-wrap items-center gap-x-2 bg-danger-soft px-4 py-1.5 text-danger">
          <Phone size={14} aria-hidden className="shrink-0" />
          <span className="font-medium">{t('consent.call')}</span>
          <a href={`tel:${phone}`} className="tabular underline pointer-coarse:py-2.5">
            {formatPhone(phone)}
          </a>
        </p>
      ) : null}
      {maySend ? (
        <Composer key={place.id} place={place} locationId={locationId} zone={zone} phone={phone} seenRef={seenRef} onFill={onFill} onWriting={onWriting} onSent={onSent} />
      ) : (
        <p className="shrink-0 border-t border-line px-4 py-3 text-muted">{t('messages.readOnly')}</p>
      )}
    </div>
  );
}
