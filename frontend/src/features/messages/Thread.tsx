import { MessageSquare } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Button } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import '@/i18n/late/messages';
import { t } from '@/i18n/t';
import { useNow } from '@/lib/now';
import { formatRelativeDay, localDate } from '@/lib/time';
import type { Message } from '@/types';
import { Bubble } from './Bubble';
import { byDay } from './thread';

interface ThreadProps {
  /** Oldest first. */
  messages: readonly Message[];
  zone: string;
  mayAct: boolean;
  hasOlder: boolean;
  isLoadingOlder: boolean;
  hasOlderFailed: boolean;
  onOlder: () => void;
}

/**
 * The texts by day. The list stands upside down in its scroller, so that it begins at its end and an earlier page that
 * comes in above moves nothing that one reads.
 */
export function Thread({ messages, zone, mayAct, hasOlder, isLoadingOlder, hasOlderFailed, onOlder }: ThreadProps) {
  const today = localDate(useNow(), zone);
  const scroller = useRef<HTMLDivElement>(null);
  const top = useRef<HTMLDivElement>(null);
  const older = useRef(onOlder);
  useEffect(() => {
    older.current = onOlder;
  });
  const mayLoad = hasOlder && !isLoadingOlder && !hasOlderFailed;
  useEffect(() => {
    if (!mayLoad || !top.current || typeof IntersectionObserver === 'undefined') return undefined;
    const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && older.current(), {
      root: scroller.current,
      rootMargin: '120px 0px 0px',
    });
    observer.observe(top.current);
    return () => observer.disconnect();
  }, [mayLoad]);

  if (messages.length === 0) {
    return (
      <div className="min-h-0 flex-1 overflow-y-auto">
        <EmptyState icon={MessageSquare} title={t('messages.empty.title')} detail={t('messages.empty.detail')} />
      </div>
    );
  }
  return (
    <div
      ref={scroller}
      role="region"
      aria-label={t('messages.region')}
      // What scrolls must be reachable by keyboard.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="flex min-h-0 flex-1 flex-col-reverse overflow-y-auto overscroll-contain px-4 py-3 focus-visible:outline-offset-[-2px]"
    >
      <div className="flex flex-col gap-3">
        <div ref={top} className="flex flex-col items-center gap-1">
          {hasOlderFailed ? <p className="text-xs text-danger">{t('messages.older.failed')}</p> : null}
          {hasOlder ? (
            <Button size="sm" tone="ghost" isPending={isLoadingOlder} pendingLabel={t('messages.older.pending')} onClick={onOlder}>
              {t('messages.older')}
            </Button>
          ) : null}
        </div>
        {byDay(messages, zone).map(({ day, messages: ofDay }) => (
          <section key={day} aria-label={formatRelativeDay(day, today)}>
            <p aria-hidden className="mb-2 flex items-center gap-3 text-xs text-muted before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
              {formatRelativeDay(day, today)}
            </p>
            <ol role="list" className="flex flex-col gap-2.5">
              {ofDay.map((message) => (
                <Bubble key={message.id} message={message} zone={zone} mayAct={mayAct} />
              ))}
            </ol>
          </section>
        ))}
      </div>
    </div>
  );
}
