import { moneyText } from '@/lib/money';
import type { Job } from './api';
import { say } from './say';

/** A line's name with how many hours or pieces it is; the server's decimals without their zeros. */
export function lineWords({ name, hours, isFlat, quantity }: Pick<Job['lines'][number], 'name' | 'hours' | 'isFlat' | 'quantity'>): string {
  return [
    name,
    hours && !isFlat ? say('visit.hours', { hours: Number(hours) }) : '',
    Number(quantity) === 1 ? '' : say('visit.times', { quantity: Number(quantity) }),
  ]
    .filter(Boolean)
    .join(' ');
}

/** What a job's price is made of: its lines, discounts and tax, which add up to the total. */
export function Inside({ job, currency }: { job: Job; currency: string }) {
  if (job.lines.length === 0) return null;
  const row = (key: string, words: string, cents: number) => (
    <tr key={key}>
      <td className="py-1 pr-3 align-top">{words}</td>
      <td className="py-1 text-right align-top tabular">{moneyText(cents, currency)}</td>
    </tr>
  );
  return (
    <details>
      <summary className="flex min-h-11 cursor-pointer items-center text-primary underline underline-offset-4">{say('visit.inside')}</summary>
      <table className="w-full text-sm">
        <tbody>
          {job.lines.map((line) => row(line.id, lineWords(line), line.priceCents))}
          {job.discountCents ? row('discount', say('visit.discount'), -job.discountCents) : null}
          {job.taxCents ? row('tax', say('visit.tax'), job.taxCents) : null}
        </tbody>
        <tfoot>
          <tr className="border-t border-line font-semibold">
            <th scope="row" className="py-1.5 text-left">
              {say('visit.total')}
            </th>
            <td className="py-1.5 text-right tabular">{moneyText(job.totalCents, currency)}</td>
          </tr>
        </tfoot>
      </table>
    </details>
  );
}
