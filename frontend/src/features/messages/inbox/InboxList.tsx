import type { UseInfiniteQueryResult } from '@tanstack/react-query';
import { Inbox } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Button } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorState } from '@/components/ui/ErrorState';
import { Skeleton } from '@/components/ui/Skeleton';
import '@/i18n/late/inbox';
import { t } from '@/i18n/t';
import type { Conversation } from '@/types';
import { InboxRow } from './InboxRow';
import type { View } from './queries';

interface InboxListProps {
  view: View;
  query: Pick<UseInfiniteQueryResult<unknown>, 'isPending' | 'error' | 'refetch' | 'hasNextPage' | 'isFetchingNextPage' | 'fetchNextPage'>;
  conversations: readonly Conversation[];
  zone: string;
  openId: string | null;
  hrefOf: (id: string) => string;
  answeringOf: (conversation: Conversation) => string | null;
}

/** The conversations of a view, the newest first. */
export function InboxList({ view, query, conversations, zone, openId, hrefOf, answeringOf }: InboxListProps) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-current="page"]')?.scrollIntoView({ block: 'nearest' });
  }, [openId]);
  if (query.isPending) return <ListSkeleton />;
  if (query.error && conversations.length === 0) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (conversations.length === 0) {
    return <EmptyState icon={Inbox} title={t(`inbox.empty.${view}.title`)} detail={t(`inbox.empty.${view}.detail`)} />;
  }
  return (
    <>
      <ul ref={list} role="list" aria-label={t('inbox.list')}>
        {conversations.map((conversation) => (
          <InboxRow
            key={conversation.id}
            conversation={conversation}
            zone={zone}
            href={hrefOf(conversation.id)}
            isOpen={conversation.id === openId}
            answering={answeringOf(conversation)}
          />
        ))}
      </ul>
      {query.hasNextPage ? (
        <div className="flex justify-center py-3">
          <Button isPending={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t('inbox.more')}
          </Button>
        </div>
      ) : null}
    </>
  );
}

function ListSkeleton() {
  return (
    <div role="status" aria-label={t('inbox.loading')}>
      {Array.from({ length: 8 }, (_, index) => (
        <div key={index} className="flex flex-col gap-2 border-b border-line px-4 py-3">
          <Skeleton className="h-4 w-2/5" />
          <Skeleton className="h-4 w-4/5" />
        </div>
      ))}
    </div>
  );
}
