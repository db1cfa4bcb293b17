import { useQuery } from '@tanstack/react-query';
import { CalendarClock } from 'lucide-react';
import type { BadgeTone } from '@/components/ui/Badge';
import { Badge } from '@/components/ui/Badge';
import { Dialog } from '@/components/ui/Dialog';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorState } from '@/components/ui/ErrorState';
import { SkeletonLines } from '@/components/ui/Skeleton';
import '@/i18n/late/messages';
import { t } from '@/i18n/t';
import { fieldNames, verdictWords } from '@/lib/message-words';
import { useNow } from '@/lib/now';
import { formatDateTime, zoneName } from '@/lib/time';
import type { JobText } from '@/types';
import { messageQueries } from './queries';

/** What stands beside a text: how far it came, or what would become of it. */
type Fate = JobText['state'] | 'wouldHold' | 'wouldRefuse';

const TONES: Record<Fate, BadgeTone> = {
  planned: 'info',
  proposed: 'info',
  sent: 'success',
  held: 'warning',
  refused: 'danger',
  failed: 'danger',
  wouldHold: 'warning',
  wouldRefuse: 'danger',
};

function fateOf({ state, verdict }: JobText): Fate {
  if (state !== 'planned' || verdict.kind === 'now') return state;
  return verdict.kind === 'held' ? 'wouldHold' : 'wouldRefuse';
}

/** Every text that a job has sent and will send by itself: when, in the customer’s time, and which would wait or not go. */
export function PlannedTexts({ appointmentId, zone, onClose }: { appointmentId: string; zone: string; onClose: () => void }) {
  const { data, error, refetch } = useQuery(messageQueries.planned(appointmentId));
  return (
    <Dialog title={t('planned.title')} note={t('planned.lead')} onClose={onClose} isReading>
      {data ? (
        data.length === 0 ? (
          <EmptyState icon={CalendarClock} title={t('planned.empty')} />
        ) : (
          <ol role="list" className="divide-y divide-line">
            {data.map((text, index) => (
              <Planned key={`${text.trigger}${index}`} text={text} zone={zone} />
            ))}
          </ol>
        )
      ) : error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonLines lines={6} label={t('planned.loading')} />
      )}
    </Dialog>
  );
}

function Planned({ text, zone }: { text: JobText; zone: string }) {
  const now = useNow();
  const { missing, withheld, verdict, state, at } = text;
  // What happened is told by its state; a verdict is of what is still to come.
  const isToCome = state === 'planned' || state === 'held' || state === 'refused' || state === 'proposed';
  const fate = fateOf(text);
  const day = `${formatDateTime(at, zone, now)} ${zoneName(zone, at)}`;
  return (
    <li className="py-3 first:pt-0" data-trigger={text.trigger} data-state={state}>
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-medium">{t(`trigger.${text.trigger}`)}</span>
        {text.loudness === 'ask' ? <span className="text-xs text-muted">{t('planned.ask')}</span> : null}
        <span className="ml-auto">
          <Badge tone={TONES[fate]}>{t(`planned.state.${fate}`)}</Badge>
        </span>
      </p>
      <p className="text-xs text-muted">
        {[text.certainty === 'exact' ? day : t(`planned.certainty.${text.certainty}`, { when: day }), text.templateName].filter(Boolean).join(' · ')}
      </p>
      {text.text ? <p className="mt-1 break-words whitespace-pre-wrap">{text.text}</p> : null}
      {withheld.length > 0 ? <p className="mt-1 text-muted">{t('planned.withheld')}</p> : null}
      {missing.length > 0 ? <p className="mt-1 font-medium text-warning">{t('composer.missing', { fields: fieldNames(missing) })}</p> : null}
      {isToCome && verdict.kind !== 'now' && missing.length === 0 ? <p className="mt-1 text-warning">{verdictWords({ ...verdict, detail: { ...verdict.detail, trigger: text.trigger } }, zone, now)}</p> : null}
    </li>
  );
}
