import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { MessagesSquare, Settings2 } from 'lucide-react';
import { Suspense, lazy, useCallback, useMemo } from 'react';
import { Link, NavLink, Route, Routes, useNavigate, useParams } from 'react-router';
import { buttonClasses } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorBoundary } from '@/components/ui/ErrorBoundary';
import { useShopLocation } from '@/contexts/LocationContext';
import { useCan, useSession } from '@/contexts/SessionContext';
import { ConversationPane } from '@/features/messages/inbox/ConversationPane';
import { InboxList } from '@/features/messages/inbox/InboxList';
import type { View } from '@/features/messages/inbox/queries';
import { VIEWS, inboxQueries } from '@/features/messages/inbox/queries';
import { useConversationActs } from '@/features/messages/inbox/useConversationActs';
import { useInboxKeys } from '@/features/messages/inbox/useInboxKeys';
import { useToldAnswering, whoAnswers } from '@/features/messages/useAnswering';
import '@/i18n/late/inbox';
import { t } from '@/i18n/t';
import { inboxSummary } from '@/lib/data/inbox';
import { useLive, usePollInterval } from '@/lib/events';
import { releaseWords } from '@/lib/message-words';
import { askAgain } from '@/lib/query-client';
import { inboxKeys, messageKeys } from '@/lib/query-keys';
import { useNow } from '@/lib/now';
import { useSettle } from '@/lib/settle';
import { useUrlState } from '@/lib/url-state';
import type { Conversation, InboxSummary } from '@/types';

/** A page beside the list that most never look at. */
const Desk = lazy(() => import('@/features/messages/inbox/Desk').then((module) => ({ default: module.Desk })));

/** The shared inbox: the list at the left, the open conversation beside it; one after the other on smaller screens. */
export function Inbox() {
  return (
    <Routes>
      <Route index element={<Split />} />
      <Route path="desk" element={<DeskPage />} />
      <Route path=":id" element={<Split />} />
    </Routes>
  );
}

/** What came by the stream since the last answer: whole lists are asked again, once for a flurry. */
function useFollow(): void {
  const client = useQueryClient();
  const ask = (): void => {
    askAgain(client, inboxKeys.lists());
    void client.invalidateQueries({ queryKey: [...messageKeys.all, 'waiting'] });
  };
  const settle = useSettle(ask);
  useLive('conversation', () => {
    ask();
    settle();
  });
  useLive('message', ask);
  useLive('resync', ask);
}

const TAB = 'inline-flex h-10 shrink-0 items-center gap-1.5 border-b-2 px-1.5 @md:px-2 font-medium focus-visible:outline-offset-[-2px] pointer-coarse:h-12';

function Tabs({ view, summary }: { view: View | 'desk'; summary: InboxSummary | undefined }) {
  const counts: Partial<Record<View, number>> = {
    open: summary?.open ?? 0,
    mine: summary?.mine ?? 0,
    none: summary?.unassigned ?? 0,
  };
  return (
    <nav aria-label={t('inbox.views')} className="-mb-px flex overflow-x-auto px-2 [scrollbar-width:none]">
      {VIEWS.map((one) => (
        <NavLink
          key={one}
          to={one === 'open' ? '/inbox' : `/inbox?view=${one}`}
          aria-current={one === view ? 'page' : undefined}
          className={clsx(TAB, one === view ? 'border-primary text-ink' : 'border-transparent text-muted hover:text-ink')}
        >
          {t(`inbox.view.${one}`)}
          {counts[one] ? <span className="tabular text-xs text-muted">{counts[one]}</span> : null}
        </NavLink>
      ))}
    </nav>
  );
}

function Head({ view, summary, isPage }: { view: View | 'desk'; summary: InboxSummary | undefined; isPage: boolean }) {
  const mayManage = useCan('catalog:manage');
  const Title = isPage ? 'h1' : 'h2';
  const { location } = useShopLocation();
  const zone = location.timezone;
  const { params } = useUrlState();
  const isHeld = view === 'desk' && params.get('kind') === 'held';
  const held = summary?.held ?? 0;
  const waiting = (summary?.failed ?? 0) + (summary?.proposed ?? 0);
  return (
    <header className="@container shrink-0 border-b border-line bg-surface">
      <div className="flex h-14 items-center gap-2 px-4">
        <Title id="inbox-title" className="text-lg font-semibold">
          {t('inbox.title')}
        </Title>
        <span className="ml-auto" />
        {held > 0 ? (
          <Link
            to="/inbox/desk?kind=held"
            data-held={held}
            title={summary?.nextRelease ? t('inbox.held.next', { when: releaseWords(summary.nextRelease, zone) }) : undefined}
            aria-current={isHeld ? 'page' : undefined}
            className={clsx(buttonClasses('ghost', 'sm'), isHeld && 'border-primary!')}
          >
            {t('desk.held')}
            <span className="tabular text-warning">{held}</span>
          </Link>
        ) : null}
        <Link to="/inbox/desk" aria-current={view === 'desk' && !isHeld ? 'page' : undefined} className={clsx(buttonClasses('secondary', 'sm'), view === 'desk' && !isHeld && 'border-primary!')}>
          {t('inbox.view.desk')}
          {waiting > 0 ? <span className="tabular text-danger">{waiting}</span> : null}
        </Link>
        {mayManage ? (
          <Link
            to="/settings/texts"
            aria-label={t('nav.texts')}
            title={t('nav.texts')}
            className="inline-flex size-9 items-center justify-center rounded-control text-muted hover:bg-hover hover:text-ink pointer-coarse:size-11"
          >
            <Settings2 size={18} aria-hidden />
          </Link>
        ) : null}
      </div>
      <Tabs view={view} summary={summary} />
    </header>
  );
}

function DeskPage() {
  const { location } = useShopLocation();
  const { data: summary } = useQuery(inboxSummary(location.id));
  useFollow();
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <Head view="desk" summary={summary} isPage />
      <Suspense fallback={null}>
        <Desk locationId={location.id} zone={location.timezone} summary={summary} />
      </Suspense>
    </div>
  );
}

function Split() {
  const { id = null } = useParams();
  const { location } = useShopLocation();
  const { me } = useSession();
  const { params } = useUrlState();
  const navigate = useNavigate();
  const poll = usePollInterval(5_000);
  const view = VIEWS.find((one) => one === params.get('view')) ?? 'open';
  const search = view === 'open' ? '' : `?view=${view}`;
  const query = useInfiniteQuery({ ...inboxQueries.list(location.id, view), refetchInterval: poll });
  const { data: summary } = useQuery(inboxSummary(location.id));
  const pages = query.data?.pages;
  const conversations = useMemo(() => pages?.flatMap((page) => page.items) ?? [], [pages]);
  useFollow();

  const now = useNow();
  const told = useToldAnswering();
  const answeringOf = (conversation: Conversation): string | null => whoAnswers(told, conversation, me.user.id, now);

  const hrefOf = useCallback((one: string) => `/inbox/${one}${search}`, [search]);
  const go = useCallback((one: string | null, options = { replace: true }) => void navigate(one ? hrefOf(one) : `/inbox${search}`, options), [navigate, hrefOf, search]);
  const acts = useConversationActs(location.id, location.timezone, (left) => {
    // What has left the view gives way to the next one, where the list stands beside it.
    const at = conversations.findIndex((one) => one.id === left);
    if (left === id) go((conversations[at + 1] ?? conversations[at - 1])?.id ?? null);
  });
  useInboxKeys({ conversations, openId: id, go, acts });

  return (
    <div className="flex min-h-0 flex-1">
      <section
        aria-labelledby="inbox-title"
        className={clsx('flex min-h-0 min-w-0 flex-col border-r border-line bg-surface xl:w-[24rem] xl:shrink-0', id ? 'max-xl:hidden' : 'max-xl:flex-1')}
      >
        <Head view={view} summary={summary} isPage={id === null} />
        <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
          <InboxList view={view} query={query} conversations={conversations} zone={location.timezone} openId={id} hrefOf={hrefOf} answeringOf={answeringOf} />
        </div>
      </section>
      <div className={clsx('flex min-h-0 min-w-0 flex-1 flex-col bg-surface', id ? '' : 'max-xl:hidden')}>
        {id ? (
          <ErrorBoundary resetKey={id}>
            <ConversationPane id={id} zone={location.timezone} backTo={`/inbox${search}`} acts={acts} told={told} />
          </ErrorBoundary>
        ) : (
          <div className="m-auto">
            <EmptyState icon={MessagesSquare} title={t('inbox.choose.title')} detail={t('inbox.choose.detail')} />
          </div>
        )}
      </div>
      {acts.menu}
    </div>
  );
}
