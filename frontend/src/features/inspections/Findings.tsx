import { ListChecks } from 'lucide-react';
import { useState } from 'react';
import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { ReasonDialog } from '@/components/ui/ReasonDialog';
import '@/i18n/late/inspections';
import { t } from '@/i18n/t';
import { readingWords } from '@/lib/inspection-answers';
import { formatDate } from '@/lib/time';
import type { CarFinding } from '@/types';
import { useInspectionPlace } from './InspectionContext';
import { AddToEstimate } from './MakeJob';
import { RESULTS } from './results';

/** What the car needs, at whatever visit it was seen, until it is resolved. */
export function Findings({ findings }: { findings: readonly CarFinding[] }) {
  return (
    <section aria-labelledby="car-needs" className="rounded-panel border border-line">
      <h3 id="car-needs" className="flex items-center gap-2 rounded-t-panel bg-warning-soft px-3 py-2 font-semibold text-warning">
        <ListChecks size={16} aria-hidden className="shrink-0" />
        {t('finding.title', { count: findings.length })}
      </h3>
      <ul role="list" className="divide-y divide-line rounded-b-panel bg-surface">
        {findings.map((finding) => (
          <FindingRow key={finding.id} finding={finding} />
        ))}
      </ul>
    </section>
  );
}

function FindingRow({ finding }: { finding: CarFinding }) {
  const { appointment, acts, attempt, canSell, canManage, drawPhotos } = useInspectionPlace();
  const [isResolving, setResolving] = useState(false);
  const { label } = finding;
  const look = RESULTS[finding.severity];
  const isHere = finding.jobAppointmentId === appointment.id;
  const words = { day: formatDate(finding.seenDay), number: String(finding.seenNumber), first: formatDate(finding.openedDay) };
  // Where it is a job of this visit, its mark says already that it was declined.
  const isDeclined = finding.approval === 'declined';
  const said = !isDeclined ? null : finding.declineReason ? t('finding.declined', { reason: finding.declineReason }) : isHere ? null : t('finding.declined.plain');
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-3 gap-y-2 px-3 py-2.5">
      <div className="flex min-w-0 flex-1 basis-56 flex-col gap-1">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-medium break-words">{label}</span>
          <Badge tone={look.tone} icon={look.icon}>
            {t(look.word)}
          </Badge>
        </p>
        {finding.note || finding.reading ? <p className="break-words text-muted">{[finding.reading ? readingWords(finding.reading, finding.unit) : null, finding.note].filter(Boolean).join(' · ')}</p> : null}
        <p className="text-xs text-muted">{finding.openedNumber === finding.seenNumber ? t('finding.seen', words) : t('finding.since', words)}</p>
        {said ? <p className="text-xs text-muted">{said}</p> : null}
        {drawPhotos(finding, false)}
      </div>
      <div className="flex flex-wrap items-center gap-2">
        {isHere ? <Here approval={finding.approval} /> : null}
        {canSell && !isHere ? (
          <AddToEstimate
            label={label}
            listId={finding.checklistId}
            itemId={finding.itemId}
            isRevived={finding.approval === 'declined'}
            add={(wish) => acts.addFinding(finding.id, wish)}
          />
        ) : null}
        {canManage ? (
          <Button size="sm" tone="ghost" aria-label={t('finding.resolve.of', { label })} onClick={() => setResolving(true)}>
            {t('finding.resolve')}
          </Button>
        ) : null}
      </div>
      {isResolving ? (
        <ReasonDialog
          title={t('finding.resolve.title', { label })}
          lead={t('finding.resolve.lead')}
          submitLabel={t('finding.resolve.submit')}
          isPending={acts.isPending}
          onClose={() => setResolving(false)}
          onSubmit={(reason) => void attempt(acts.resolve(finding.id, reason), t('finding.resolved', { label })).then((done) => done !== null && setResolving(false))}
        />
      ) : null}
    </li>
  );
}

/** How the job of this visit stands that mends it. */
function Here({ approval }: { approval: CarFinding['approval'] }) {
  if (approval === 'approved') return <Badge tone="success">{t('finding.approved')}</Badge>;
  if (approval === 'declined') return <Badge tone="neutral">{t('finding.declined.plain')}</Badge>;
  return <Badge tone="info">{t('inspection.job.on')}</Badge>;
}
