import { useInfiniteQuery } from '@tanstack/react-query';
import { UserX } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorState } from '@/components/ui/ErrorState';
import { Input } from '@/components/ui/Input';
import { Select } from '@/components/ui/Select';
import { Skeleton } from '@/components/ui/Skeleton';
import '@/i18n/late/people';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { useRested } from '@/lib/debounce';
import { useFocusKeeper } from '@/lib/focus-keeper';
import { useNow } from '@/lib/now';
import type { Person } from '@/types';
import type { ActiveFilter } from './queries';
import { userQueries } from './queries';
import type { UserAct } from './UserRow';
import { UserRow } from './UserRow';

const FILTERS: readonly ActiveFilter[] = ['active', 'inactive', 'all'];

/** Everyone who may sign in, or could once, with what an Owner can do about it. */
export function UserList({ onAct }: { onAct: (act: UserAct, person: Person) => void }) {
  const now = useNow();
  const [text, setText] = useState('');
  const [show, setShow] = useState<ActiveFilter>('active');
  const q = useRested(text).trim();
  const users = useInfiniteQuery(userQueries.list(q, show));
  const people = users.data?.pages.flatMap((page) => page.items) ?? [];
  const isSettled = users.isSuccess && !users.isPlaceholderData;
  const count = people.length;
  useEffect(() => {
    if (isSettled && q) announce(t('users.count', { count }));
  }, [isSettled, q, count]);

  const search = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLTableElement>(null);
  useFocusKeeper(list, () => search.current);

  return (
    <div className="@container flex min-h-0 flex-1 flex-col overflow-y-auto bg-surface">
      <div className="flex flex-wrap items-center gap-2 px-4 py-3 @2xl:px-6">
        <span className="min-w-0 flex-1 sm:max-w-80">
          <Input
            ref={search}
            data-search
            type="search"
            aria-label={t('users.search')}
            placeholder={t('users.search')}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </span>
        <span className="w-40">
          <Select aria-label={t('users.filter')} value={show} onChange={(event) => setShow(FILTERS.find((one) => one === event.target.value) ?? 'all')}>
            {FILTERS.map((one) => (
              <option key={one} value={one}>
                {t(`users.filter.${one}`)}
              </option>
            ))}
          </Select>
        </span>
      </div>
      {users.isPending ? (
        <ListSkeleton />
      ) : !users.data ? (
        <ErrorState error={users.error} onRetry={() => void users.refetch()} />
      ) : people.length === 0 ? (
        <EmptyState
          icon={UserX}
          title={t('users.none.title')}
          detail={t('users.none.detail')}
          action={
            <Button
              onClick={() => {
                setText('');
                setShow('all');
              }}
            >
              {t('users.none.clear')}
            </Button>
          }
        />
      ) : (
        <table ref={list} className="w-full border-collapse" aria-label={t('users.list')} aria-busy={!isSettled}>
          <thead className="text-left text-xs text-muted">
            <tr>
              <th scope="col" className="px-3 py-2 pl-4 font-medium @2xl:pl-6">
                {t('users.column.name')}
              </th>
              <th scope="col" className="px-3 py-2 font-medium max-sm:hidden">
                {t('users.column.role')}
              </th>
              <th scope="col" className="hidden px-3 py-2 font-medium @3xl:table-cell">
                {t('users.column.locations')}
              </th>
              <th scope="col" className="px-3 py-2 font-medium max-sm:hidden">
                {t('users.column.state')}
              </th>
              <th scope="col" className="hidden px-3 py-2 font-medium @3xl:table-cell">
                {t('users.column.seen')}
              </th>
              <th scope="col" className="px-3 py-2 pr-4">
                <span className="sr-only">{t('users.column.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {people.map((person) => (
              <UserRow key={person.id} person={person} now={now} onAct={(act) => onAct(act, person)} />
            ))}
          </tbody>
        </table>
      )}
      {users.hasNextPage ? (
        <div className="border-t border-line p-3 text-center">
          <Button isPending={users.isFetchingNextPage} pendingLabel={t('app.loading')} onClick={() => void users.fetchNextPage()}>
            {t('users.more')}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

function ListSkeleton() {
  return (
    <div role="status" aria-label={t('users.loading')}>
      {Array.from({ length: 6 }, (_, index) => (
        <div key={index} className="flex items-center gap-3 border-t border-line px-4 py-3 @2xl:px-6">
          <Skeleton className="size-9 rounded-full" />
          <span className="flex flex-1 flex-col gap-2">
            <Skeleton className="h-4 w-40" />
            <Skeleton className="h-3 w-56" />
          </span>
        </div>
      ))}
    </div>
  );
}
