import { useQuery } from '@tanstack/react-query';
import { ArrowLeft, CalendarPlus, Ellipsis, Merge, Trash2, UserX } from 'lucide-react';
import type { ReactNode } from 'react';
import { Suspense, useEffect, useRef, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { ApiError } from '@/api';
import { Button, buttonClasses } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorState } from '@/components/ui/ErrorState';
import { IconButton } from '@/components/ui/IconButton';
import { Menu } from '@/components/ui/Menu';
import { Skeleton } from '@/components/ui/Skeleton';
import { toast } from '@/components/ui/toast-store';
import { useAppointmentActions } from '@/contexts/AppointmentContext';
import { useShopLocation } from '@/contexts/LocationContext';
import { useCan } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import { usePollInterval } from '@/lib/events';
import { formatDate, localDate } from '@/lib/time';
import type { Customer } from '@/types';
import { CustomerDetails } from './CustomerDetails';
import { DeleteDialog } from './DeleteDialog';
import { DuplicateHint, MergeDialog } from './DuplicateHint';
import { useDeleteCustomer } from './mutations';
import { Panel } from './Panel';
import { customerQueries } from './queries';
import { VehicleList } from './VehicleList';
import { VisitList } from './VisitList';

interface CustomerPageProps {
  id: string;
  /** The list's, for the way back. */
  search: string;
  /** What the customer's number has agreed to, which another feature draws; null where texting is off. */
  texts: ((customer: Customer) => ReactNode) | null;
}

/** One customer: details, vehicles, history across locations. */
export function CustomerPage({ id, search, texts }: CustomerPageProps) {
  const found = useQuery({ ...customerQueries.one(id), refetchInterval: usePollInterval(5_000) });
  const back = (
    <Link
      to={{ pathname: '/customers', search }}
      aria-label={t('customer.back')}
      title={t('customer.back')}
      className="-ml-2 inline-flex size-9 shrink-0 items-center justify-center rounded-control text-muted hover:bg-hover hover:text-ink xl:hidden pointer-coarse:size-11"
    >
      <ArrowLeft size={18} aria-hidden />
    </Link>
  );
  if (found.data) return <Filled key={id} customer={found.data} search={search} back={back} texts={texts} />;
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <header className="flex h-14 shrink-0 items-center gap-3 border-b border-line bg-surface px-4">
        {back}
        {found.isPending ? <Skeleton className="h-6 w-48" /> : null}
      </header>
      {found.isPending ? (
        <PageSkeleton />
      ) : found.error instanceof ApiError && found.error.status === 404 ? (
        <Gone error={found.error} search={search} />
      ) : (
        <ErrorState error={found.error} onRetry={() => void found.refetch()} />
      )}
    </div>
  );
}

function Filled({ customer, search, back, texts }: Omit<CustomerPageProps, 'id'> & { customer: Customer; back: ReactNode }) {
  const mayEdit = useCan('customer:edit');
  const mayBook = useCan('appointment:edit');
  const { create } = useAppointmentActions();
  const { location } = useShopLocation();
  const [dialog, setDialog] = useState<'merge' | 'delete' | null>(null);
  const [vehicleId, setVehicleId] = useState<string | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const history = useRef<HTMLDivElement>(null);

  // Another customer is another page: a keyboard or a screen reader begins at its title.
  useEffect(() => heading.current?.focus({ preventScroll: true }), [customer.id]);

  const shownVehicle = customer.vehicles.some((one) => one.id === vehicleId) ? vehicleId : null;
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <header className="flex h-14 shrink-0 items-center gap-2 border-b border-line bg-surface px-4">
        {back}
        <div className="min-w-0 flex-1">
          <h1 ref={heading} tabIndex={-1} className="truncate text-lg leading-6 font-semibold">
            {customer.name}
          </h1>
          <p className="truncate text-xs text-muted">
            {[
              customer.company,
              t('customer.visits', { count: customer.visitCount }),
              t('customer.since', { day: formatDate(localDate(customer.createdAt, location.timezone)) }),
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
        </div>
        {mayBook ? (
          <Button tone="primary" icon={<CalendarPlus size={16} aria-hidden />} onClick={() => create({ customerId: customer.id })}>
            <span className="max-sm:sr-only">{t('customer.newAppointment')}</span>
          </Button>
        ) : null}
        {mayEdit ? (
          <Menu
            label={t('customer.actions', { name: customer.name })}
            items={[
              { id: 'merge', label: t('customer.merge'), icon: Merge, onSelect: () => setDialog('merge') },
              'separator',
              { id: 'delete', label: t('customer.delete'), icon: Trash2, isDanger: true, onSelect: () => setDialog('delete') },
            ]}
          >
            {(trigger) => <IconButton icon={Ellipsis} label={t('customer.actions', { name: customer.name })} {...trigger} />}
          </Menu>
        ) : null}
      </header>
      <div className="@container min-h-0 flex-1 overflow-y-auto overscroll-contain p-4">
        <div className="mx-auto flex max-w-6xl flex-col gap-4">
          {mayEdit ? <DuplicateHint customer={customer} /> : null}
          <div className="grid items-start gap-4 @3xl:grid-cols-[minmax(0,5fr)_minmax(0,6fr)]">
            <div className="flex min-w-0 flex-col gap-4">
              <CustomerDetails customer={customer} />
              {texts ? <Panel title={t('customer.texts')}>{texts(customer)}</Panel> : null}
              <VehicleList
                customer={customer}
                onHistory={(one) => {
                  setVehicleId(one);
                  history.current?.scrollIntoView({ block: 'nearest' });
                  history.current?.querySelector('select')?.focus({ preventScroll: true });
                }}
              />
            </div>
            <div ref={history} className="min-w-0">
              <VisitList customer={customer} vehicleId={shownVehicle} onVehicle={setVehicleId} />
            </div>
          </div>
        </div>
      </div>
      <Suspense fallback={null}>{dialog === 'merge' ? <MergeDialog customer={customer} duplicateId={null} onClose={() => setDialog(null)} /> : null}</Suspense>
      {dialog === 'delete' ? <DeleteCustomer customer={customer} search={search} onClose={() => setDialog(null)} /> : null}
    </div>
  );
}

function DeleteCustomer({ customer, search, onClose }: { customer: Customer; search: string; onClose: () => void }) {
  const navigate = useNavigate();
  const remove = useDeleteCustomer(customer.id);
  return (
    <DeleteDialog
      title={t('customer.delete.title', { name: customer.name })}
      detail={t('customer.delete.detail')}
      name={customer.name}
      isPending={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onDelete={() =>
        remove.mutate(customer.version, {
          onSuccess: () => {
            toast({ tone: 'success', title: t('customer.delete.done', { name: customer.name }) });
            void navigate({ pathname: '/customers', search }, { replace: true });
          },
        })
      }
    />
  );
}

/** Deleted, or merged: then the way goes on to the record that was kept. */
function Gone({ error, search }: { error: ApiError; search: string }) {
  const survivor = error.extra<string>('mergedInto');
  return (
    <EmptyState
      icon={UserX}
      title={t(survivor ? 'customer.merged.title' : 'customer.gone.title')}
      detail={t(survivor ? 'customer.merged.detail' : 'customer.gone.detail')}
      action={
        <>
          {survivor ? (
            <Link className={buttonClasses('primary')} to={`/customers/${survivor}`}>
              {t('customer.merged.open')}
            </Link>
          ) : null}
          <Link className={buttonClasses()} to={{ pathname: '/customers', search }}>
            {t('customer.back')}
          </Link>
        </>
      }
    />
  );
}

function PageSkeleton() {
  return (
    <div role="status" aria-label={t('customer.loading')} className="@container flex-1 p-4">
      <div className="mx-auto grid max-w-6xl gap-4 @3xl:grid-cols-[minmax(0,5fr)_minmax(0,6fr)]">
        {['h-72', 'h-96'].map((height) => (
          <div key={height} className={`flex flex-col gap-4 rounded-panel border border-line bg-surface p-4 ${height}`}>
            <Skeleton className="h-5 w-28" />
            <Skeleton className="h-4 w-full" />
            <Skeleton className="h-4 w-4/5" />
            <Skeleton className="h-4 w-3/5" />
          </div>
        ))}
      </div>
    </div>
  );
}
