import { formatPhone } from '@/lib/phone';
import type { CustomerListItem } from '@/types';

/** One found customer in a list of suggestions. */
export function CustomerChoice({ customer }: { customer: CustomerListItem }) {
  const cars = customer.vehicles.map((one) => [one.label, one.plate].filter(Boolean).join(' ')).join(', ');
  return (
    <span className="block min-w-0">
      <span className="flex items-baseline justify-between gap-3">
        <span className="truncate font-medium">{customer.name}</span>
        {customer.phone ? <span className="tabular shrink-0 text-xs text-muted">{formatPhone(customer.phone)}</span> : null}
      </span>
      {cars ? <span className="block truncate text-xs text-muted">{cars}</span> : null}
    </span>
  );
}
