import { clsx } from 'clsx';
import { Link } from 'react-router';
import { hasWord, t } from '@/i18n/t';
import { formatPhone } from '@/lib/phone';
import { formatRecordDay, localDate } from '@/lib/time';
import type { CustomerListItem } from '@/types';
import { Marked } from './Marked';
import { isHit } from './match';
import { Plate } from './Plate';
import { vehicleName } from './vehicle-words';

interface CustomerRowProps {
  customer: CustomerListItem;
  q: string;
  /** The zone whose days "Today" and "Yesterday" mean. */
  zone: string;
  now: number;
  isOpen: boolean;
  /** The one row that Tab reaches; the arrow keys move it. */
  isStop: boolean;
  onFocus: () => void;
}

export function CustomerRow({ customer, q, zone, now, isOpen, isStop, onFocus }: CustomerRowProps) {
  // The vehicle that the search found comes first, whatever its place in the list.
  const found = customer.vehicles.find((one) => isHit(one.plate, q, 'plate') || isHit(one.vin, q, 'plate'));
  const vehicle = found ?? customer.vehicles[0];
  const others = customer.vehicleCount - (vehicle ? 1 : 0);
  const showsVin = vehicle?.vin && isHit(vehicle.vin, q, 'plate') && !isHit(vehicle.plate, q, 'plate');
  const showsEmail = customer.email && customer.matchedOn === 'email';
  const company = customer.company && customer.company !== customer.name ? customer.company : null;
  const lastVisit = customer.lastVisitAt ? formatRecordDay(localDate(customer.lastVisitAt, zone), localDate(now, zone)) : null;
  // Behind `Last visit` it is within a sentence; alone, in a narrow list, it begins one.
  const lastVisitSmall = lastVisit && (/\d/.test(lastVisit) ? lastVisit : lastVisit.toLowerCase());

  const matched = `customers.matched.${customer.matchedOn ?? ''}`;

  return (
    <Link
      to={{ pathname: `/customers/${customer.id}`, search: q.trim() ? `?q=${encodeURIComponent(q.trim())}` : '' }}
      data-customer={customer.id}
      tabIndex={isStop ? 0 : -1}
      aria-current={isOpen ? 'page' : undefined}
      onFocus={onFocus}
      className={clsx(
        'grid h-full content-center gap-x-6 gap-y-0.5 border-b border-line px-4 focus-visible:outline-offset-[-2px]',
        'grid-cols-[minmax(0,1fr)_auto] @2xl:grid-cols-[minmax(0,5fr)_9rem_minmax(0,6fr)_10rem] @2xl:items-center @2xl:px-6',
        isOpen ? 'bg-info-soft' : 'hover:bg-hover',
      )}
    >
      <span className="min-w-0 truncate">
        <span className="font-semibold">
          <Marked text={customer.name} q={q} kind="words" />
        </span>
        {company ? (
          <span className="text-muted">
            {' · '}
            <Marked text={company} q={q} kind="words" />
          </span>
        ) : null}
        {showsEmail && customer.email ? (
          <span className="text-muted">
            {' · '}
            <Marked text={customer.email} q={q} kind="words" />
          </span>
        ) : null}
      </span>
      <span className="tabular text-right whitespace-nowrap @2xl:text-left">
        <Marked text={formatPhone(customer.phone)} q={/[a-z]/i.test(q) ? '' : q} kind="digits" />
      </span>
      <span className="flex min-w-0 items-center gap-2 text-muted @2xl:text-ink">
        {vehicle ? (
          <>
            <span className="min-w-0 truncate">{vehicleName(vehicle)}</span>
            {showsVin && vehicle.vin ? (
              <span className="shrink-0 font-mono text-xs whitespace-nowrap text-muted">
                {t('vehicle.vin')} {'…'}
                <Marked text={vehicle.vin.slice(-8)} q={q} kind="plate" />
              </span>
            ) : (
              <Plate plate={vehicle.plate} q={q} />
            )}
            {others > 0 ? <span className="tabular shrink-0 text-muted">{t('customers.moreVehicles', { count: others })}</span> : null}
          </>
        ) : (
          <span className="text-muted">{t('customers.noVehicle')}</span>
        )}
      </span>
      <span className="text-right text-xs whitespace-nowrap text-muted">
        {lastVisitSmall ? (
          <>
            <span className="@max-2xl:sr-only">{t('customers.lastVisit')} </span>
            <span className="@max-2xl:inline-block @max-2xl:first-letter:uppercase">{lastVisitSmall}</span>
          </>
        ) : (
          t('customers.noVisit')
        )}
        {/* The eye sees the mark; the ear hears why this one is in the list. */}
        {hasWord(matched) ? <span className="sr-only">. {t(matched)}</span> : null}
      </span>
    </Link>
  );
}
