import { useQuery } from '@tanstack/react-query';
import { CircleCheck } from 'lucide-react';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorState } from '@/components/ui/ErrorState';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { StatusPill } from '@/components/ui/StatusPill';
import { useAppointmentActions } from '@/contexts/AppointmentContext';
import type { WordKey } from '@/i18n/en';
import '@/i18n/late/numbers';
import { t } from '@/i18n/t';
import { useNow } from '@/lib/now';
import { spanWords } from '@/lib/time';
import type { Status } from '@/types';
import { numbersQueries } from './queries';

/** The three cars that are most overdue for what they are worth, each with what moves it on. */
export function StuckCars({ locationId, techId }: { locationId: string | null; techId: string | null }) {
  const now = useNow();
  const { open } = useAppointmentActions();
  const cars = useQuery(numbersQueries.stuck(locationId, techId));
  if (cars.isPending) return <SkeletonLines lines={4} label={t('numbers.stuck.loading')} />;
  if (!cars.data) return <ErrorState error={cars.error} onRetry={() => void cars.refetch()} />;
  if (cars.data.length === 0) return <EmptyState icon={CircleCheck} title={t('numbers.stuck.none')} />;
  return (
    <ul role="list" className="-mx-2 flex flex-col">
      {cars.data.map((car) => (
        <li key={car.id} className="border-t border-line first:border-t-0">
          <button
            type="button"
            onClick={() => open(car.id)}
            className="flex min-h-14 w-full flex-wrap items-start justify-between gap-x-3 gap-y-1 rounded-control px-2 py-2 text-left hover:bg-hover"
          >
            <span className="min-w-0">
              <span className="block font-semibold">{t(`numbers.action.${car.nextAction}` as WordKey)}</span>
              <span className="block text-muted">{[car.vehicle, car.customerName, `#${car.number}`].filter(Boolean).join(' · ')}</span>
              <span className="block text-xs text-muted">{car.techName ?? t('numbers.stuck.nobody')}</span>
            </span>
            <span className="flex flex-col items-end gap-1">
              <StatusPill status={car.status as Status} size="sm" />
              <span className="text-xs font-medium text-danger">{t('numbers.stuck.late', { span: spanWords(now - Date.parse(car.lateSince)) })}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
