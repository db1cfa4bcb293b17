import { useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { Check, X } from 'lucide-react';
import { Dialog } from '@/components/ui/Dialog';
import { ErrorState } from '@/components/ui/ErrorState';
import { SkeletonLines } from '@/components/ui/Skeleton';
import '@/i18n/late/messages';
import { hasWord, t } from '@/i18n/t';
import { messageState, reasonWords, verdictWords } from '@/lib/message-words';
import { useNow } from '@/lib/now';
import type { Message, Verdict } from '@/types';
import { messageQueries } from './queries';
import { shortText } from './thread';

/** Why a text was held or refused, by the engine that decided: what it said then, what it would say now, guard by guard. */
export function WhyDialog({ message, zone, onClose }: { message: Message; zone: string; onClose: () => void }) {
  const now = useNow();
  const { data, error, refetch } = useQuery(messageQueries.why(message.id));
  // What is not so any more is said of the step that the text follows.
  const about = (verdict: Verdict): Verdict => ({ ...verdict, detail: { ...verdict.detail, trigger: message.trigger } });
  // A text that was let through and then failed was not stopped by a verdict.
  const isTold = data && data.verdictThen.kind !== 'now' && message.reason !== 'retry_later';
  const then = isTold ? verdictWords(about(data.verdictThen), zone, now) : messageState(message, zone, now).words;
  return (
    <Dialog title={t('why.title')} note={shortText(message.body)} size="sm" onClose={onClose} isReading>
      {data ? (
        <div className="flex flex-col gap-4">
          <dl className="grid gap-3">
            <div>
              <dt className="text-xs font-medium text-muted">{t('why.then')}</dt>
              <dd>{then}</dd>
            </div>
            <div>
              <dt className="text-xs font-medium text-muted">{t('why.now')}</dt>
              <dd>{verdictWords(about(data.now), zone, now)}</dd>
            </div>
          </dl>
          <section>
            <h3 className="mb-1 text-xs font-medium text-muted">{t('why.steps')}</h3>
            <ul role="list" className="divide-y divide-line">
              {data.steps.map((step, index) => {
                // Of what a person wrote nobody but they can tell whether it is still so.
                const guard = step.guard === 'truth' && message.origin === 'staff' ? 'guard.truth.person' : `guard.${step.guard}`;
                const Icon = step.passed ? Check : X;
                return (
                  <li key={`${step.guard}${index}`} className="flex items-start gap-2 py-2">
                    <Icon size={16} aria-hidden className={clsx('mt-0.5 shrink-0', step.passed ? 'text-success' : 'text-danger')} />
                    <span className="min-w-0">
                      <span>{hasWord(guard) ? t(guard) : step.guard}</span>
                      <span className="sr-only">{`: ${t(step.passed ? 'why.passed' : 'why.stopped')}`}</span>
                      {step.guard === 'hours' ? <Override detail={step.detail} /> : null}
                      {step.verdict ? <span className="block text-muted">{reasonWords(step.verdict.reason, about(step.verdict).detail, zone, now)}</span> : null}
                    </span>
                  </li>
                );
              })}
            </ul>
          </section>
        </div>
      ) : error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonLines lines={6} label={t('why.loading')} />
      )}
    </Dialog>
  );
}

/** Who had it sent in spite of the hours, and why. */
function Override({ detail: { overridden, by, reason } }: { detail: Record<string, unknown> }) {
  if (typeof by === 'string' && typeof reason === 'string') {
    return <span className="block text-muted">{t(overridden === true ? 'why.overridden.by' : 'why.overridden.over', { name: by, reason })}</span>;
  }
  return overridden === true ? <span className="block text-muted">{t('why.overridden')}</span> : null;
}
