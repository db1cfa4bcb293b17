import { useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { CheckCheck } from 'lucide-react';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorState } from '@/components/ui/ErrorState';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { useAppointmentActions } from '@/contexts/AppointmentContext';
import { useCan } from '@/contexts/SessionContext';
import '@/i18n/late/inbox';
import { t } from '@/i18n/t';
import { waitingTexts } from '@/lib/data/inbox';
import { usePollInterval } from '@/lib/events';
import { messageState } from '@/lib/message-words';
import { useNow } from '@/lib/now';
import { formatPhone } from '@/lib/phone';
import { MINUTE, shortSpan } from '@/lib/time';
import { useUrlState } from '@/lib/url-state';
import type { InboxSummary, WaitingMessage } from '@/types';
import { BubbleActs } from '../BubbleActs';
import type { DeskKind } from './queries';
import { DESK_KINDS } from './queries';

const TONES = { muted: 'text-muted', warning: 'text-warning', danger: 'text-danger' };

/** Texts that need a person: not sent, held, and proposed ones, each with its reason and its way on. */
export function Desk({ locationId, zone, summary }: { locationId: string; zone: string; summary: InboxSummary | undefined }) {
  const { params, set } = useUrlState();
  const kind = DESK_KINDS.find((one) => one === params.get('kind')) ?? 'failed';
  const poll = usePollInterval(10_000);
  const { data, error, refetch } = useQuery({ ...waitingTexts(locationId, kind), refetchInterval: poll });
  const counts: Record<DeskKind, number> = { failed: summary?.failed ?? 0, held: summary?.held ?? 0, proposed: summary?.proposed ?? 0 };
  return (
    <div className="@container flex min-h-0 flex-1 flex-col overflow-y-auto bg-surface">
      <div role="group" aria-label={t('desk.kinds')} className="flex flex-wrap gap-2 px-4 py-3 @2xl:px-6">
        {DESK_KINDS.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === kind}
            onClick={() => set({ kind: one === 'failed' ? null : one })}
            className={clsx(
              'inline-flex h-8 items-center gap-1.5 rounded-control border px-3 font-medium pointer-coarse:h-11',
              one === kind ? 'border-primary bg-info-soft text-info' : 'border-line text-muted hover:text-ink',
            )}
          >
            {t(`desk.${one}`)}
            {counts[one] ? <span className="tabular text-xs">{counts[one]}</span> : null}
          </button>
        ))}
      </div>
      {data ? (
        data.length === 0 ? (
          <EmptyState icon={CheckCheck} title={t(`desk.empty.${kind}.title`)} detail={t(`desk.empty.${kind}.detail`)} />
        ) : (
          <ul role="list" aria-label={t('desk.list')} className="border-t border-line">
            {data.map((text) => (
              <DeskRow key={text.id} text={text} zone={zone} />
            ))}
          </ul>
        )
      ) : error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <div className="p-4">
          <SkeletonLines lines={6} label={t('desk.loading')} />
        </div>
      )}
    </div>
  );
}

/** How long ago it was made; what is fresh is `now`. */
function ageWords(length: number): string {
  return length < MINUTE ? t('time.now') : t('desk.age', { span: shortSpan(length) });
}

function DeskRow({ text, zone }: { text: WaitingMessage; zone: string }) {
  const now = useNow();
  const mayAct = useCan('message:send');
  const { open } = useAppointmentActions();
  const state = messageState(text, zone, now);
  const jobId = text.appointmentId;
  const name = text.customerName ?? formatPhone(text.phone);
  return (
    <li data-message={text.id} className="grid gap-x-4 gap-y-1 border-b border-line px-4 py-3 @2xl:grid-cols-[12rem_minmax(0,1fr)_auto] @2xl:px-6">
      <div className="min-w-0">
        {jobId ? (
          <button type="button" onClick={() => open(jobId, 'messages')} className="max-w-full truncate font-medium text-primary hover:underline pointer-coarse:min-h-11">
            {name}
          </button>
        ) : (
          <p className="truncate font-medium">{name}</p>
        )}
        <p className="tabular text-xs text-muted">{[formatPhone(text.phone), ageWords(now - Date.parse(text.createdAt))].join(' · ')}</p>
      </div>
      <div className="min-w-0">
        <p className="line-clamp-2 break-words">{text.body}</p>
        <p className={clsx('text-xs font-medium', TONES[state.tone])}>{state.words}</p>
      </div>
      <div className="@2xl:self-center">
        <BubbleActs message={text} zone={zone} mayAct={mayAct} onWrite={jobId ? () => open(jobId, 'messages') : null} />
      </div>
    </li>
  );
}
