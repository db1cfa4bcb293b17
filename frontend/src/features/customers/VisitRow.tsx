import { Money } from '@/components/ui/Money';
import { StatusPill } from '@/components/ui/StatusPill';
import { useAppointmentActions } from '@/contexts/AppointmentContext';
import { useSession, useVisitAccess } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import { formatRecordDay, formatTime, localDate, zoneName } from '@/lib/time';
import type { Visit } from '@/types';

interface VisitRowProps {
  visit: Visit;
  /** The zone of the shop one looks from; another zone is named. */
  homeZone: string;
  now: number;
  showsVehicle: boolean;
  /** Whose page this is; a visit with an earlier owner names them. */
  ownerId: string;
}

/** One visit: when by the clock of its own location, what was done, how it ended. Opens the job for those who may see jobs. */
export function VisitRow({ visit, homeZone, now, showsVehicle, ownerId }: VisitRowProps) {
  const { me } = useSession();
  const access = useVisitAccess();
  // Visits at every location are history for all; the job itself is for those who work there.
  const mayOpen = access !== null && me.locations.some((one) => one.id === visit.locationId);
  const { open } = useAppointmentActions();
  const zone = visit.timezone;
  const day = formatRecordDay(localDate(visit.start, zone), localDate(now, zone));
  const time = formatTime(visit.start, zone);
  const clock = zone === homeZone ? time : t('visits.timeZone', { time, zone: zoneName(zone, visit.start) });
  const what = visit.title ?? visit.servicesSummary ?? t('visits.untitled');
  const detail = visit.title && visit.servicesSummary && visit.title !== visit.servicesSummary ? visit.servicesSummary : null;
  const owner = visit.customerId !== ownerId ? visit.customerName : null;
  const due = visit.totalCents !== undefined && visit.paidCents !== undefined ? visit.totalCents - visit.paidCents : 0;
  const owes = due > 0 && visit.status === 'COMPLETED';

  const body = (
    <>
      <span className="min-w-0">
        <span className="block font-medium">{what}</span>
        {detail ? <span className="block truncate text-muted">{detail}</span> : null}
        <span className="block text-xs text-muted">
          {[
            t('visits.number', { number: String(visit.number) }),
            `${day}, ${clock}`,
            visit.locationName,
            showsVehicle ? visit.vehicle : null,
            owner,
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
      <span className="flex flex-col items-end gap-1">
        <StatusPill status={visit.status} size="sm" />
        {visit.totalCents !== undefined ? (
          <span className="font-medium">
            <Money cents={visit.totalCents} />
          </span>
        ) : null}
        {owes ? (
          <span className="text-xs font-medium text-danger">
            {t('visits.due')} <Money cents={due} />
          </span>
        ) : null}
      </span>
    </>
  );
  const layout = 'grid w-full grid-cols-[minmax(0,1fr)_auto] items-start gap-3 px-4 py-2.5 text-left';
  if (!mayOpen) return <div className={layout}>{body}</div>;
  return (
    <button
      type="button"
      className={`${layout} hover:bg-hover focus-visible:outline-offset-[-2px]`}
      onClick={() => open(visit.appointmentId)}
    >
      {body}
    </button>
  );
}
