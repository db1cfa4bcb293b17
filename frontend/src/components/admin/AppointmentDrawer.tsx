import { useQuery, useQueryClient } from '@tanstack/react-query';
import { SearchX } from 'lucide-react';
import type { ReactNode } from 'react';
import { Suspense, lazy, useCallback, useEffect, useId, useMemo, useRef } from 'react';
import { ApiError } from '@/api';
import { Button } from '@/components/ui/Button';
import { Drawer } from '@/components/ui/Drawer';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorState } from '@/components/ui/ErrorState';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { useAppointmentActions } from '@/contexts/AppointmentContext';
import { useSession } from '@/contexts/SessionContext';
import { DrawerBody } from '@/features/appointments/DrawerBody';
import type { DrawerTitle } from '@/features/appointments/DrawerHeader';
import { DrawerHeader } from '@/features/appointments/DrawerHeader';
import { useDrawerTabs } from '@/features/appointments/useDrawerTabs';
import { focusCard } from '@/features/board/board-store';
import { vehicleName } from '@/features/board/card-words';
import { useNeighbors } from '@/features/board/useNeighbors';
import { TextingOff } from '@/features/messages/TextingOff';
import { t } from '@/i18n/t';
import { drawerQuery, historyQuery } from '@/lib/data/appointments';
import { serviceQueries } from '@/lib/data/services';
import { useLive, usePollInterval } from '@/lib/events';
import { useHotkeys } from '@/lib/hotkeys';
import { usePrefetch } from '@/lib/idle';
import { leaveField } from '@/lib/leave-field';
import { askAgain } from '@/lib/query-client';
import { appointmentKeys } from '@/lib/query-keys';
import { useTitle } from '@/lib/title';
import type { DrawerData } from '@/types';

const loadInspection = () => import('./JobInspection');
const loadMessages = () => import('./JobMessages');
const loadServices = () => import('./JobServices');
const JobInspection = lazy(() => loadInspection().then((module) => ({ default: module.JobInspection })));
const JobServices = lazy(() => loadServices().then((module) => ({ default: module.JobServices })));
const JobMessages = lazy(() => loadMessages().then((module) => ({ default: module.JobMessages })));

/** One job over the page, at its own address. Its head is painted from the board's card at once. */
export function AppointmentDrawer({ id }: { id: string }) {
  const titleId = useId();
  const client = useQueryClient();
  const { me } = useSession();
  const { close, replace } = useAppointmentActions();
  const poll = usePollInterval(5_000);
  usePrefetch(loadMessages);
  usePrefetch(loadServices);
  const { data, error, refetch } = useQuery({ ...drawerQuery(id), refetchInterval: poll });
  const { card, previousId, nextId } = useNeighbors(id);

  useLive('appointment', (event) => {
    if (event.id !== id) return;
    const seen = client.getQueryData<DrawerData>(appointmentKeys.drawer(id));
    const { totalCents, paidCents } = event.card ?? {};
    // Money is told without a new version: nobody's edit is refused for it.
    const isMoney = event.card && (totalCents !== seen?.appointment.totalCents || paidCents !== seen?.appointment.paidCents);
    if (!seen || event.deleted || isMoney || seen.appointment.version < event.version) {
      askAgain(client, appointmentKeys.drawer(id));
    }
  });
  // A text changes no version of the job either: what is unread comes with it.
  useLive('message', ({ appointmentId, unreadCount }) => {
    if (appointmentId !== id || unreadCount === null) return;
    client.setQueryData<DrawerData>(appointmentKeys.drawer(id), (seen) => seen && { ...seen, appointment: { ...seen.appointment, unreadCount } });
  });
  // A change of the work changes no version of the job.
  useLive('services', (event) => {
    if (event.id === id) askAgain(client, appointmentKeys.drawer(id));
  });
  useLive('customer', (event) => {
    const { customer, vehicle } = client.getQueryData<DrawerData>(appointmentKeys.drawer(id)) ?? {};
    if ((event.id && event.id === customer?.id) || (event.vehicleId && event.vehicleId === vehicle?.id)) {
      askAgain(client, appointmentKeys.drawer(id));
    }
  });
  useLive('resync', () => askAgain(client, appointmentKeys.drawer(id)));

  // Stepping to the neighbour draws another job: the control that had the focus is gone with the last one.
  const hasCome = data !== undefined;
  useEffect(() => {
    if (document.activeElement === document.body) document.getElementById(titleId)?.focus({ preventScroll: true });
  }, [id, hasCome, titleId]);

  const leave = useCallback(() => {
    leaveField();
    close();
  }, [close]);
  const step = (target: string | null): (() => void) | null => (target ? () => (leaveField(), replace(target)) : null);
  const { tabs, setTab } = useDrawerTabs();
  useHotkeys(
    {
      '[': () => step(previousId)?.(),
      ']': () => step(nextId)?.(),
      ...Object.fromEntries(tabs.map((key, index) => [`alt+${index + 1}`, () => setTab(key)])),
    },
    { inLayers: true },
  );

  const title = useMemo((): DrawerTitle | null => {
    const from = data?.appointment ?? card;
    if (!from) return null;
    return {
      number: from.number,
      vehicle: vehicleName(from),
      plate: from.plate,
      customer: from.customerName,
      phone: data?.customer?.phone ?? card?.customerPhone ?? null,
      keyTag: from.keyTag,
    };
  }, [data, card]);

  useTitle(title ? t('title.job', { number: String(title.number), brand: me.brand.name }) : me.brand.name);

  const isDeleted = useRef(false);
  /** Back to the card, wherever it is now; the board draws it if need be. Of one that is deleted, to its neighbour. */
  const returnFocus = (): boolean => {
    const back = isDeleted.current ? (nextId ?? previousId) : id;
    if (!card || !back) return false;
    focusCard(back);
    return true;
  };
  const isGone = error instanceof ApiError && error.status === 404;
  const failure = isGone ? t('drawer.gone.title') : error ? t('error.load') : undefined;

  return (
    <Drawer labelledBy={titleId} onClose={leave} returnFocus={returnFocus}>
      {data && !isGone ? (
        <DrawerBody
          key={id}
          data={data}
          title={title}
          titleId={titleId}
          previous={step(previousId)}
          next={step(nextId)}
          onClose={leave}
          onDeleted={() => {
            isDeleted.current = true;
            leave();
          }}
          onPoint={(tab) => {
            if (tab === 'services') void client.prefetchQuery(serviceQueries.sheet(id));
            if (tab === 'history') void client.prefetchQuery(historyQuery(id));
          }}
          messages={
            <Late>
              <JobMessages data={data} />
            </Late>
          }
          services={
            <Late>
              <JobServices data={data} />
            </Late>
          }
          notice={<TextingOff />}
          inspection={
            <Late>
              <JobInspection data={data} />
            </Late>
          }
        />
      ) : (
        <>
          <DrawerHeader
            id={titleId}
            title={isGone ? null : title}
            heading={failure}
            previous={step(previousId)}
            next={step(nextId)}
            onClose={leave}
            onDelete={null}
            hasMenu={!isGone}
          />
          {isGone ? (
            <EmptyState
              icon={SearchX}
              title={t('drawer.gone.detail')}
              action={<Button onClick={leave}>{t('action.close')}</Button>}
            />
          ) : error ? (
            <ErrorState error={error} onRetry={() => void refetch()} />
          ) : (
            <div className="border-t border-line p-4">
              <SkeletonLines lines={6} label={t('drawer.loading')} />
            </div>
          )}
        </>
      )}
    </Drawer>
  );
}

/** A tab whose code comes when it is needed. */
function Late({ children }: { children: ReactNode }) {
  return (
    <Suspense
      fallback={
        <div className="p-4">
          <SkeletonLines lines={6} label={t('drawer.loading')} />
        </div>
      }
    >
      {children}
    </Suspense>
  );
}
