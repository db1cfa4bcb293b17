import { useQuery } from '@tanstack/react-query';
import { Timer } from 'lucide-react';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorState } from '@/components/ui/ErrorState';
import { SkeletonLines } from '@/components/ui/Skeleton';
import '@/i18n/late/clocks';
import { t } from '@/i18n/t';
import { hoursText } from './hours';
import { workQueries } from './queries';

interface WorkedHoursProps {
  locationId: string;
  from: string;
  to: string;
  /** That technician alone. */
  techId: string | null;
}

/** Actual against sold hours by technician, of the visits that left in a range of days. */
export function WorkedHours({ locationId, from, to, techId }: WorkedHoursProps) {
  const hours = useQuery(workQueries.worked({ locationId, from, to }));
  if (hours.isPending) return <SkeletonLines lines={4} label={t('numbers.worked.loading')} />;
  if (!hours.data) return <ErrorState error={hours.error} onRetry={() => void hours.refetch()} />;
  const people = techId === null ? hours.data : hours.data.filter((person) => person.techId === techId);
  if (people.length === 0) return <EmptyState icon={Timer} title={t('numbers.worked.empty')} />;
  const cell = 'tabular border-t border-line py-2 pl-3 text-right';
  return (
    <table className="w-full border-collapse">
      <caption className="sr-only">{t('numbers.worked')}</caption>
      <thead>
        <tr className="text-xs text-muted">
          <th scope="col" className="text-left font-medium">
            {t('numbers.worked.name')}
          </th>
          {(['sold', 'worked', 'share'] as const).map((column) => (
            <th key={column} scope="col" className="pl-3 text-right font-medium">
              {t(`numbers.worked.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {people.map((person) => (
          <tr key={person.techId}>
            <th scope="row" className="border-t border-line py-2 text-left font-normal [overflow-wrap:anywhere]">
              {person.name}
            </th>
            <td className={cell}>{t('work.hours', { hours: hoursText(person.soldSeconds) })}</td>
            <td className={cell}>{t('work.hours', { hours: hoursText(person.workedSeconds) })}</td>
            <td className={cell}>{person.workedSeconds > 0 ? `${Math.round((person.soldSeconds / person.workedSeconds) * 100)} %` : '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
