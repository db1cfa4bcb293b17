import { moneyText } from '@/lib/money';
import type { Invoice as Shown } from './api';
import { Inside } from './Inside';
import { Panel } from './parts';
import { dayText, say } from './say';

/** What was charged, as it was invoiced. */
export function Invoice({ invoice, currency }: { invoice: Shown; currency: string }) {
  return (
    <Panel title={say('visit.invoice', { number: invoice.number })}>
      <p className="text-muted">{say('visit.invoice.issued', { day: dayText(invoice.issuedOn) })}</p>
      <ul role="list" className="divide-y divide-line">
        {invoice.jobs.map((job) => (
          <li key={job.id} className="py-2">
            <div className="flex justify-between gap-4">
              <span className="min-w-0 font-medium">{job.name}</span>
              <span className="text-right tabular">
                {moneyText(job.totalCents, currency)}
                {job.taxCents ? <span className="block text-sm text-muted">{say('visit.withTax')}</span> : null}
              </span>
            </div>
            {job.description ? <p className="text-sm text-muted">{job.description}</p> : null}
            <Inside job={job} currency={currency} />
          </li>
        ))}
      </ul>
      <dl className="grid grid-cols-[1fr_auto] gap-x-4 gap-y-1 border-t border-line pt-2">
        <dt className="text-muted">{say('visit.invoice.tax')}</dt>
        <dd className="text-right text-muted tabular">{moneyText(invoice.taxCents, currency)}</dd>
        <dt className="font-semibold">{say('visit.total')}</dt>
        <dd className="text-right font-semibold tabular">{moneyText(invoice.totalCents, currency)}</dd>
      </dl>
    </Panel>
  );
}
