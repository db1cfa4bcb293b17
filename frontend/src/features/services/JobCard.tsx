import { clsx } from 'clsx';
import { CircleCheck, CircleHelp, CircleX, Clock3, History, MoreHorizontal, Split } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { BadgeTone } from '@/components/ui/Badge';
import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { IconButton } from '@/components/ui/IconButton';
import { Menu } from '@/components/ui/Menu';
import { Money } from '@/components/ui/Money';
import '@/i18n/late/services';
import { t } from '@/i18n/t';
import type { Job } from '@/types';
import { AlternativeDialog } from './AlternativeDialog';
import { DeleteJob } from './DeleteJob';
import { DiscountDialog } from './DiscountDialog';
import { JobWordsDialog } from './JobWordsDialog';
import { LineRow } from './LineRow';
import { NewLineForm } from './NewLineForm';
import { useJobActs } from './useJobActs';
import { useWorkPlace } from './WorkContext';

const APPROVALS: Record<Job['approval'], { tone: BadgeTone; icon: typeof CircleCheck }> = {
  approved: { tone: 'success', icon: CircleCheck },
  declined: { tone: 'danger', icon: CircleX },
  pending: { tone: 'warning', icon: CircleHelp },
};
/** An alternative that nobody chose waits for nothing. */
const OTHER = { tone: 'neutral', icon: Split } as const;
const URGENCIES: Record<string, BadgeTone> = { now: 'danger', soon: 'warning', later: 'neutral' };

export type JobDialog = 'words' | 'discount' | 'alternative' | 'line' | 'delete' | null;

/** A job with its lines, what the customer said to it, and what can be done with it. */
export function JobCard({ job, isAlternative = false }: { job: Job; isAlternative?: boolean }) {
  const { sheet, canEdit, work, attempt, drawPhotos, freshJobId, setFreshJobId, addedJobId, setAddedJobId } = useWorkPlace();
  const [chosen, setOpen] = useState<JobDialog>(null);
  const open = chosen ?? (canEdit && freshJobId === job.id ? 'line' : null);
  const acts = useJobActs(job, setOpen);
  const lines = sheet.items.filter((line) => line.jobId === job.id);
  const isOther = !job.isChosen && job.approval === 'pending';
  const { tone, icon } = isOther ? OTHER : APPROVALS[job.approval];
  const isOff = job.approval === 'declined' || !job.isChosen;
  const card = useRef<HTMLElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const close = (): void => {
    setOpen(null);
    if (freshJobId === job.id) setFreshJobId(null);
  };
  const closeLine = (): void => {
    heading.current?.focus({ preventScroll: true });
    close();
  };
  const isAdded = addedJobId === job.id;
  useEffect(() => {
    if (!isAdded) return;
    // After the dialog that added it gave the focus back; a job by hand asks for its first line.
    const timer = setTimeout(() => {
      (card.current?.querySelector<HTMLElement>('input[name="name"]') ?? heading.current)?.focus({ preventScroll: true });
      card.current?.scrollIntoView({ block: 'nearest' });
      setAddedJobId(null);
    });
    return () => clearTimeout(timer);
  }, [isAdded, setAddedJobId]);

  return (
    <section ref={card} aria-label={job.name} className={clsx('rounded-panel border border-line bg-surface', isOff && 'bg-sunken')}>
      <header className="flex items-start gap-2 py-2 pr-1.5 pl-3">
        {isAlternative ? (
          <input
            type="radio"
            name={`choice-${job.choiceId}`}
            aria-label={t('services.choice.choose', { name: job.name })}
            className="mt-1 size-4 shrink-0 accent-primary pointer-coarse:size-6"
            checked={job.isChosen}
            disabled={!canEdit || job.approval === 'declined'}
            onChange={() => void attempt(work.choose(job.id))}
          />
        ) : null}
        <div className="min-w-0 flex-1">
          <h3 ref={heading} tabIndex={-1} className="font-semibold break-words">
            {job.name}
          </h3>
          <p className="mt-1 flex flex-wrap items-center gap-1.5">
            <Badge tone={tone} icon={icon}>
              {t(isOther ? 'services.approval.other' : `services.approval.${job.approval}`)}
            </Badge>
            {job.askedAt ? (
              <Badge tone="info" icon={CircleHelp}>
                {t('services.asked')}
              </Badge>
            ) : null}
            {job.urgency ? (
              <Badge tone={URGENCIES[job.urgency] ?? 'neutral'} icon={Clock3}>
                {t(`services.urgency.${job.urgency}`)}
              </Badge>
            ) : null}
            {job.revivedFromId ? (
              <Badge icon={History} tone="neutral">
                {t('services.revived')}
              </Badge>
            ) : null}
          </p>
          {job.declineReason ? <p className="mt-1 text-muted">{t('services.declinedWhy', { reason: job.declineReason })}</p> : null}
          {job.description ? <p className="mt-1 text-xs text-muted">{job.description}</p> : null}
          {drawPhotos?.(job)}
        </div>
        <span className={clsx('shrink-0 pt-0.5 font-semibold', isOff && 'text-muted')}>
          {job.isPriced ? <Money cents={job.totalCents} /> : <span className="font-normal text-muted">{t('services.job.noPrice')}</span>}
        </span>
        {canEdit ? (
          <Menu label={t('services.job.acts', { name: job.name })} items={acts}>
            {(trigger) => <IconButton icon={MoreHorizontal} size="sm" label={t('services.job.acts', { name: job.name })} {...trigger} />}
          </Menu>
        ) : null}
      </header>
      {lines.length > 0 ? (
        <ul role="list" className="border-t border-line py-1">
          {lines.map((line) => (
            <LineRow key={line.id} line={line} />
          ))}
        </ul>
      ) : canEdit && open !== 'line' ? (
        <p className="flex items-center justify-between gap-2 border-t border-line px-3 py-2 text-muted">
          {t('services.job.noLines')}
          <Button size="sm" aria-label={t('services.job.addFirst', { name: job.name })} onClick={() => setOpen('line')}>
            {t('services.job.addLine')}
          </Button>
        </p>
      ) : null}
      {open === 'line' ? <NewLineForm job={job} onClose={closeLine} /> : null}
      {open === 'words' ? <JobWordsDialog job={job} onClose={close} /> : null}
      {open === 'discount' ? <DiscountDialog job={job} onClose={close} /> : null}
      {open === 'delete' ? <DeleteJob job={job} onClose={close} /> : null}
      {open === 'alternative' ? <AlternativeDialog job={job} onClose={close} /> : null}
    </section>
  );
}
