import { clsx } from 'clsx';
import { BadgeCheck, KeyRound, PackageSearch, ThumbsUp } from 'lucide-react';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { jobPromise } from '@/lib/promise';
import type { PromiseTone } from '@/lib/time';
import { formatTime } from '@/lib/time';
import type { Visit } from '@/offline/types';
import type { Status } from '@/types';
import { answeredOf } from './points';
import { arrivalsOn } from './worked';

const TONES: Partial<Record<PromiseTone, string>> = { late: 'text-danger font-semibold', soon: 'text-warning font-semibold' };

interface VisitFactsProps {
  visit: Visit;
  now: number;
  zone: string;
  /** Whose tablet it is: what came since they left the car is marked. */
  userId: string;
}

/** Key tag, plate, time, flags and how far the inspection is: what tells one car from another at a glance. */
export function VisitFacts({ visit, now, zone, userId }: VisitFactsProps) {
  const { status, promisedAt, statusSince = visit.end } = visit;
  const promise = jobPromise({ status: status as Status, promisedAt, statusSince }, now, zone);
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
      {arrivalsOn(visit, userId).map((arrival) => (
        <span key={arrival} className="inline-flex items-center gap-1.5 rounded-chip bg-success-soft px-2 font-semibold text-success">
          <BadgeCheck size={18} aria-hidden />
          {t(`tablet.arrived.${arrival}`)}
        </span>
      ))}
      {visit.needsPart ? (
        <span className="inline-flex items-center gap-1.5 rounded-chip bg-warning-soft px-2 font-medium text-warning">
          <PackageSearch size={18} aria-hidden />
          {visit.wantedPart ? t('tablet.needsPart.which', { part: visit.wantedPart }) : t('tablet.needsPart')}
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
