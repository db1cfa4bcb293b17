import { useQuery, useQueryClient } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { useShopLocation } from '@/contexts/LocationContext';
import { t } from '@/i18n/t';
import { inboxSummary } from '@/lib/data/inbox';
import { useLive, usePollInterval } from '@/lib/events';
import { inboxKeys } from '@/lib/query-keys';

const MOST = 99;

/** How many texts nobody has read, on the inbox's place in the menu. */
export function InboxBadge({ isWide }: { isWide: boolean }) {
  const client = useQueryClient();
  const { location } = useShopLocation();
  const poll = usePollInterval(10_000);
  const { data } = useQuery({ ...inboxSummary(location.id), refetchInterval: poll });
  const ask = (): void => void client.invalidateQueries({ queryKey: inboxKeys.summary(location.id) });
  useLive('conversation', ask);
  useLive('message', ask);
  useLive('resync', ask);
  const unread = data?.unread ?? 0;
  if (unread === 0) return null;
  return (
    <span
      data-unread={unread}
      className={clsx(
        'tabular flex h-4.5 min-w-4.5 items-center justify-center rounded-full bg-primary px-1 text-xs font-semibold text-on-primary',
        isWide ? 'max-md:absolute max-md:top-0.5 max-md:right-1 md:ml-auto' : 'absolute top-0 right-0',
      )}
    >
      <span aria-hidden>{unread > MOST ? `${MOST}+` : unread}</span>
      <span className="sr-only">{t('card.unread', { count: unread })}</span>
    </span>
  );
}
