import { useQuery } from '@tanstack/react-query';
import { ChevronDown, History } from 'lucide-react';
import { useId, useState } from 'react';
import { newIdempotencyKey } from '@/api';
import { Button } from '@/components/ui/Button';
import '@/i18n/late/services';
import { t } from '@/i18n/t';
import { serviceQueries } from '@/lib/data/services';
import { moneyText } from '@/lib/money';
import { formatDate, localDate } from '@/lib/time';
import type { DeclinedJob } from '@/types';
import { useWorkPlace } from './WorkContext';

/** What this car was declined at other visits: why, what it cost then and costs now, and a way to offer it again. */
export function DeclinedWork() {
  const { appointmentId } = useWorkPlace();
  const id = useId();
  const { data = [] } = useQuery(serviceQueries.declined(appointmentId));
  const [isOpen, setOpen] = useState(true);
  if (data.length === 0) return null;
  return (
    <section className="rounded-panel border border-line bg-warning-soft">
      <h3>
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={isOpen ? id : undefined}
          onClick={() => setOpen(!isOpen)}
          className="flex w-full items-center gap-2 rounded-panel px-3 py-2 text-left font-semibold text-warning focus-visible:outline-offset-[-2px] pointer-coarse:min-h-11"
        >
          <History size={16} aria-hidden className="shrink-0" />
          <span className="flex-1">{t('declined.title', { count: data.length })}</span>
          <ChevronDown size={16} aria-hidden className={isOpen ? 'rotate-180' : ''} />
        </button>
      </h3>
      {isOpen ? (
        <ul id={id} role="list" className="divide-y divide-line rounded-b-panel bg-surface">
          {data.map((job) => (
            <DeclinedRow key={job.id} job={job} />
          ))}
        </ul>
      ) : null}
    </section>
  );
}

function DeclinedRow({ job }: { job: DeclinedJob }) {
  const { work, attempt, zone, canEdit } = useWorkPlace();
  const [key] = useState(newIdempotencyKey);
  const isSame = job.priceThenCents === job.priceNowCents;
  const then = moneyText(job.priceThenCents);
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-3 gap-y-2 px-3 py-2.5">
      <div className="min-w-0 flex-1 basis-52">
        <p className="font-medium break-words">{job.name}</p>
        {job.declineReason ? <p className="text-muted">{t('declined.why', { reason: job.declineReason })}</p> : null}
        <p className="text-xs text-muted">
          {t('declined.from', { day: job.decidedAt ? formatDate(localDate(job.decidedAt, zone)) : '', number: String(job.number), place: job.locationName })}
        </p>
        {job.deferredUntil ? <p className="text-xs text-muted">{t('declined.later', { day: formatDate(job.deferredUntil) })}</p> : null}
        <p className="tabular mt-0.5">
          {isSame ? t('declined.same', { price: then }) : [t('declined.then', { price: then }), t('declined.now', { price: moneyText(job.priceNowCents) })].join(', ')}
        </p>
      </div>
      {canEdit ? (
        <Button
          size="sm"
          aria-label={t('declined.reviveOf', { name: job.name })}
          disabled={work.isPending}
          onClick={() => void attempt(work.revive(job.id, key), t('declined.revived', { name: job.name }))}
        >
          {t('declined.revive')}
        </Button>
      ) : null}
    </li>
  );
}
