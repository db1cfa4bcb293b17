import { clsx } from 'clsx';
import { Check, Clock, X } from 'lucide-react';
import { useId, useState } from 'react';
import { moneyText } from '@/lib/money';
import type { Job, VisitPage } from './api';
import { Ask } from './Ask';
import { chosenOf, reasonId, type Group, type Pick } from './choices';
import { Inside } from './Inside';
import { Act, Note } from './parts';
import { Photos } from './Photos';
import { say, wordOf } from './say';
import { WhyNot } from './WhyNot';

interface GroupCardProps {
  group: Group;
  pick: Pick | null;
  isOpen: boolean;
  canAsk: boolean;
  currency: string;
  zone: string;
  /** It was to be sent without a reason. */
  lacksReason: boolean;
  onPick: (pick: Pick | null) => void;
  show: (page: VisitPage) => void;
}

const URGENCY = { now: 'bg-danger-soft text-danger', soon: 'bg-warning-soft text-warning', later: 'bg-sunken text-muted' } as const;

/** A job, or a choice of several of which one is done: what it is, why, what it costs, and what the customer says to it. */
export function GroupCard({ group, pick, isOpen, canAsk, currency, zone, lacksReason, onPick, show }: GroupCardProps) {
  const offered = chosenOf(group);
  const [wanted, setWanted] = useState<string | null>(null);
  const [isAgain, setIsAgain] = useState(false);
  const job = group.jobs.find((one) => one.id === (pick?.jobId ?? wanted)) ?? offered;
  const heading = useId();
  const say_ = (decision: Pick['decision']): void =>
    onPick(pick?.decision === decision ? null : { jobId: job.id, decision, reason: '', deferredUntil: null });
  const isAsked = isOpen && (job.approval === 'pending' || isAgain);
  const asks = isAsked && job.isPriced;

  return (
    <article id={`job-${job.id}`} aria-labelledby={heading} className="flex scroll-mt-4 flex-col gap-3 rounded-panel border border-line bg-surface p-4">
      <div>
        {job.urgency ? <Urgency urgency={job.urgency} /> : null}
        <div className="flex items-start justify-between gap-4 text-lg font-semibold">
          <h3 id={heading} className="min-w-0 text-balance break-words">
            {job.name}
          </h3>
          {job.isPriced ? (
            <p className="shrink-0 text-right tabular">
              {moneyText(job.totalCents, currency)}
              {job.taxCents ? <span className="block text-sm font-normal text-muted">{say('visit.withTax')}</span> : null}
            </p>
          ) : null}
        </div>
      </div>
      {job.description ? <p className="whitespace-pre-line">{job.description}</p> : null}
      <Photos photos={job.photos} what={job.name} />
      {group.jobs.length > 1 && isAsked ? (
        <Alternatives
          group={group}
          chosen={job}
          currency={currency}
          onChoose={(next) => {
            setWanted(next.id);
            if (pick?.decision === 'approved') onPick({ ...pick, jobId: next.id });
          }}
        />
      ) : null}
      <Inside job={job} currency={currency} />
      <Said job={job} currency={currency} />
      {asks ? (
        <div className="grid grid-cols-2 gap-3">
          <Act
            tone={pick?.decision === 'declined' ? 'refused' : 'plain'}
            aria-pressed={pick?.decision === 'declined'}
            aria-label={say('visit.decline.name', { name: job.name })}
            onClick={() => say_('declined')}
          >
            <X aria-hidden size={20} className="shrink-0" />
            {say(pick?.decision === 'declined' ? 'visit.decline.chosen' : 'visit.decline')}
          </Act>
          <Act
            tone={pick?.decision === 'approved' ? 'primary' : 'plain'}
            aria-pressed={pick?.decision === 'approved'}
            aria-label={say('visit.approve.name', { name: job.name, money: moneyText(job.totalCents, currency) })}
            onClick={() => say_('approved')}
          >
            <Check aria-hidden size={20} className="shrink-0" />
            {say(pick?.decision === 'approved' ? 'visit.approve.chosen' : 'visit.approve')}
          </Act>
        </div>
      ) : null}
      {asks && pick?.decision === 'declined' ? <WhyNot id={reasonId(group.key)} pick={pick} zone={zone} isMissing={lacksReason} onChange={onPick} /> : null}
      {isOpen && job.approval === 'declined' && !isAgain ? <Act onClick={() => setIsAgain(true)}>{say('visit.declined.again')}</Act> : null}
      <Ask job={job} canAsk={canAsk} zone={zone} show={show} />
    </article>
  );
}

function Urgency({ urgency }: { urgency: string }) {
  const word = wordOf(`visit.urgency.${urgency}`);
  if (!word) return null;
  return (
    <span className={clsx('mb-1 inline-flex items-center gap-1 rounded-chip px-1.5 py-0.5 text-sm font-semibold', URGENCY[urgency as keyof typeof URGENCY])}>
      <Clock aria-hidden size={14} />
      {say(word)}
    </span>
  );
}

/** What was said to a job before, and what became of it. */
function Said({ job, currency }: { job: Job; currency: string }) {
  if (job.wasRevoked)
    return (
      <Note tone="warning" title={say(job.isChanged ? 'visit.changed.title' : 'visit.revoked.title')}>
        {job.revokedCents === null ? say('visit.revoked.plain') : say('visit.revoked.detail', { money: moneyText(job.revokedCents, currency) })}
      </Note>
    );
  if (job.isChanged)
    return (
      <Note tone="warning" title={say('visit.changed.title')}>
        {say('visit.changed.detail')}
      </Note>
    );
  if (!job.isPriced && job.approval === 'pending')
    return (
      <Note tone="info" title={say('visit.unpriced.title')}>
        {say('visit.unpriced.detail')}
      </Note>
    );
  if (job.approval === 'approved') return <Note tone="success" title={say('visit.approved')} />;
  if (job.approval === 'declined') return <Note tone="info">{say('visit.declined', { reason: job.declineReason ?? '' })}</Note>;
  return null;
}

interface AlternativesProps {
  group: Group;
  chosen: Job;
  currency: string;
  onChoose: (job: Job) => void;
}

function Alternatives({ group, chosen, currency, onChoose }: AlternativesProps) {
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 font-semibold">{say('visit.choose')}</legend>
      {group.jobs.map((job) => (
        <label
          key={job.id}
          className={clsx(
            'flex min-h-12 cursor-pointer items-center gap-3 rounded-control border p-3',
            job.id === chosen.id ? 'border-primary bg-info-soft' : 'border-line-strong',
          )}
        >
          <input type="radio" name={group.key} className="size-5 shrink-0" checked={job.id === chosen.id} disabled={job.isChanged || !job.isPriced} onChange={() => onChoose(job)} />
          <span className="min-w-0 flex-1">{job.name}</span>
          <span className="font-semibold tabular">{job.isPriced ? moneyText(job.totalCents, currency) : say('visit.unpriced.title')}</span>
        </label>
      ))}
    </fieldset>
  );
}
