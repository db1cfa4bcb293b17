import { useQuery } from '@tanstack/react-query';
import { CalendarClock } from 'lucide-react';
import type { BadgeTone } from '@/components/ui/Badge';
import { Badge } from '@/components/ui/Badge';
import { Dialog } from '@/components/ui/Dialog';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorState } from '@/components/ui/ErrorState';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { t, wordFor } from '@/i18n/t';
import { fieldNames, verdictWords } from '@/lib/message-words';
import { useNow } from '@/lib/now';
import { formatDateTime, zoneName } from '@/lib/time';
import type { PlannedText } from './queries';
import { messageQueries } from './queries';

const TONES: Record<PlannedText['state'], BadgeTone> = { planned: 'info', sent: 'success', held: 'warning', refused: 'danger' };

/** Every text that a job has sent and will send by itself: when, in the customer’s time, and which would wait or not go. */
export function PlannedTexts({ appointmentId, zone, onClose }: { appointmentId: string; zone: string; onClose: () => void }) {
  const { data, error, refetch } = useQuery(messageQueries.planned(appointmentId));
  return (
    <Dialog title={t('planned.title')} note={t('planned.lead')} onClose={onClose}>
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

function Planned({ text, zone }: { text: PlannedText; zone: string }) {
  const now = useNow();
  const theirs = text.zone ?? zone;
  const missing = text.missing ?? [];
  const isSaid = text.verdict !== null && text.verdict.kind !== 'now' && text.state !== 'sent';
  return (
    <li className="py-3 first:pt-0" data-trigger={text.trigger}>
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-medium">{wordFor(`trigger.${text.trigger}`) ?? text.trigger}</span>
        {text.loudness === 'ask' ? <span className="text-xs text-muted">{t('planned.ask')}</span> : null}
        <span className="ml-auto">
          <Badge tone={TONES[text.state]}>{t(`planned.state.${text.state}`)}</Badge>
        </span>
      </p>
      <p className="text-xs text-muted">
        {[text.at ? `${formatDateTime(text.at, theirs, now)} ${zoneName(theirs, text.at)}` : t('planned.event'), text.templateName].filter(Boolean).join(' · ')}
      </p>
      {text.text ? <p className="mt-1 break-words whitespace-pre-wrap">{text.text}</p> : null}
      {missing.length > 0 ? <p className="mt-1 font-medium text-warning">{t('composer.missing', { fields: fieldNames(missing) })}</p> : null}
      {isSaid && text.verdict ? <p className="mt-1 text-muted">{verdictWords(text.verdict, zone, now)}</p> : null}
    </li>
  );
}
