import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorState } from '@/components/ui/ErrorState';
import { Select } from '@/components/ui/Select';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { useShopLocation } from '@/contexts/LocationContext';
import { t } from '@/i18n/t';
import { useNow } from '@/lib/now';
import type { Customer } from '@/types';
import { Panel } from './Panel';
import { customerQueries, vehicleQueries } from './queries';
import { vehicleName } from './vehicle-words';
import { VisitRow } from './VisitRow';

interface VisitListProps {
  customer: Customer;
  /** The vehicle whose visits are shown; null shows all of the customer's. */
  vehicleId: string | null;
  onVehicle: (vehicleId: string | null) => void;
}

/** Every visit at every location, newest first. */
export function VisitList({ customer, vehicleId, onVehicle }: VisitListProps) {
  const { location } = useShopLocation();
  const now = useNow();
  const ofCustomer = useInfiniteQuery({ ...customerQueries.history(customer.id), enabled: vehicleId === null });
  const ofVehicle = useInfiniteQuery({ ...vehicleQueries.history(vehicleId ?? ''), enabled: vehicleId !== null });
  const visits = vehicleId === null ? ofCustomer : ofVehicle;
  const rows = visits.data?.pages.flatMap((page) => page.items) ?? [];

  return (
    <Panel
      title={t('visits.title')}
      aside={
        customer.vehicles.length > 1 || vehicleId !== null ? (
          <span className="w-48 max-w-[55%]">
            <Select
              aria-label={t('visits.filter')}
              value={vehicleId ?? ''}
              onChange={(event) => onVehicle(event.target.value || null)}
            >
              <option value="">{t('visits.all')}</option>
              {customer.vehicles.map((vehicle) => (
                <option key={vehicle.id} value={vehicle.id}>
                  {vehicleName(vehicle)}
                </option>
              ))}
            </Select>
          </span>
        ) : null
      }
    >
      {visits.isPending ? (
        <div className="p-4 pt-1">
          <SkeletonLines lines={6} label={t('visits.loading')} />
        </div>
      ) : !visits.data ? (
        <ErrorState error={visits.error} onRetry={() => void visits.refetch()} />
      ) : rows.length === 0 ? (
        <EmptyState title={t(vehicleId === null ? 'visits.none' : 'visits.noneVehicle')} />
      ) : (
        <>
          <ul role="list">
            {rows.map((visit) => (
              <li key={visit.appointmentId} className="border-t border-line">
                <VisitRow visit={visit} homeZone={location.timezone} now={now} showsVehicle={vehicleId === null} ownerId={customer.id} />
              </li>
            ))}
          </ul>
          {visits.hasNextPage ? (
            <div className="border-t border-line p-2 text-center">
              <Button
                tone="ghost"
                isPending={visits.isFetchingNextPage}
                pendingLabel={t('app.loading')}
                onClick={() => void visits.fetchNextPage()}
              >
                {t('visits.more')}
              </Button>
            </div>
          ) : null}
        </>
      )}
    </Panel>
  );
}
