import { clsx } from 'clsx';
import { KeyRound, PackageSearch, ThumbsUp } from 'lucide-react';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import type { PromiseTone } from '@/lib/time';
import { formatTime, promiseWords } from '@/lib/time';
import type { Visit } from '@/offline/types';
import { answeredOf } from './points';

const TONES: Partial<Record<PromiseTone, string>> = { late: 'text-danger font-semibold', soon: 'text-warning font-semibold' };

/** Key tag, plate, time, flags and how far the inspection is: what tells one car from another at a glance. */
export function VisitFacts({ visit, now, zone }: { visit: Visit; now: number; zone: string }) {
  const promise = promiseWords(visit.promisedAt, now, zone);
  return (
    <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-base">
      <span className="inline-flex items-center gap-1.5 font-semibold">
        <KeyRound size={18} aria-hidden />
        {visit.keyTag ? t('tablet.key', { tag: visit.keyTag }) : t('tablet.noKey')}
      </span>
      {visit.vehicle?.plate ? <span className="rounded-chip border border-line-strong px-1.5 font-mono">{visit.vehicle.plate}</span> : null}
      <span className={clsx('tabular', TONES[promise.tone])}>
        {visit.status === 'SCHEDULED' ? t('tablet.at', { time: formatTime(visit.start, zone) }) : promise.words}
      </span>
      {visit.needsPart ? (
        <span className="inline-flex items-center gap-1.5 rounded-chip bg-warning-soft px-2 font-medium text-warning">
          <PackageSearch size={18} aria-hidden />
          {t('tablet.needsPart')}
        </span>
      ) : null}
      {visit.needsApproval ? (
        <span className="inline-flex items-center gap-1.5 rounded-chip bg-warning-soft px-2 font-medium text-warning">
          <ThumbsUp size={18} aria-hidden />
          {t('tablet.needsApproval')}
        </span>
      ) : null}
      {visit.checklists.map((checklist) => (
        <span key={checklist.id} className="tabular">
          {`${checklist.title}: `}
          {checklist.status === 'submitted'
            ? t('tablet.check.submitted')
            : t('tablet.check.progress', { done: answeredOf(checklist), count: checklist.items.length })}
        </span>
      ))}
    </p>
  );
}
