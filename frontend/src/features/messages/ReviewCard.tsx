import { MessageSquareWarning } from 'lucide-react';
import { Button } from '@/components/ui/Button';
import { toast } from '@/components/ui/toast-store';
import { useCan } from '@/contexts/SessionContext';
import '@/i18n/late/messages';
import type { WordKey } from '@/i18n/en';
import { t } from '@/i18n/t';
import { changeStatus } from '@/lib/data/appointments';
import { errorWords } from '@/lib/error-words';
import { useNow } from '@/lib/now';
import { MINUTE, formatDateTime, formatRelativeDay, localDate, spanWords } from '@/lib/time';
import type { ConsentReview } from '@/types';
import { useDecide } from './mutations';

type Decision = 'opt_out' | 'about_the_job' | 'both' | 'dismissed';

interface Answer {
  decision: Decision;
  word: WordKey;
  /** The visit is canceled in the same step. */
  cancels?: boolean;
}

/** What may be answered to each kind of question, the least harm first. */
const ANSWERS: Record<ConsentReview['kind'], readonly Answer[]> = {
  opt_out_or_job: [
    { decision: 'about_the_job', word: 'review.answer.about_the_job' },
    { decision: 'opt_out', word: 'review.answer.opt_out' },
    { decision: 'both', word: 'review.answer.both' },
  ],
  cancel_appointment: [
    { decision: 'opt_out', word: 'review.cancel.opt_out' },
    { decision: 'both', word: 'review.cancel.both' },
  ],
  wrong_number: [{ decision: 'dismissed', word: 'review.answer.dismissed' }],
};
const VISIT_ANSWERS: readonly Answer[] = [
  { decision: 'opt_out', word: 'review.cancel.keep' },
  { decision: 'both', word: 'review.cancel.visit', cancels: true },
];

/** A visit that is still to come can be canceled right here. */
function answersTo({ kind, appointmentStatus }: ConsentReview): readonly Answer[] {
  return kind === 'cancel_appointment' && appointmentStatus === 'SCHEDULED' ? VISIT_ANSWERS : ANSWERS[kind];
}

/** A reply that a person must read: what was written, what it may mean, and the last day to decide on: `dueAt` is its end. */
export function ReviewCard({ review, zone, mayDecide }: { review: ConsentReview; zone: string; mayDecide: boolean }) {
  const now = useNow();
  const decide = useDecide();
  const mayMove = useCan('appointment:move');
  const left = Date.parse(review.dueAt) - now;
  const visit = review.appointmentId;
  const answer = ({ decision, cancels }: Answer): void => {
    const reason = t('review.cancel.reason', { text: review.text ?? 'CANCEL' });
    decide.mutate(
      { id: review.id, decision, ...(cancels ? { cancelAppointment: { reason } } : {}) },
      {
        onSuccess: () => {
          if (cancels && visit) toast({ tone: 'success', title: t('review.done.canceled'), action: { label: t('action.undo'), run: () => void restore(visit) } });
          else toast({ tone: 'success', title: t(`review.done.${decision}`) });
        },
        onError: (error) => toast({ tone: 'error', title: t('review.failed'), detail: errorWords(error) }),
      },
    );
  };
  return (
    <section data-review={review.kind} aria-label={t('review.title')} className="border-b border-line bg-warning-soft px-4 py-2.5 text-warning">
      <p className="flex items-center gap-2 font-semibold">
        <MessageSquareWarning size={16} aria-hidden className="shrink-0" />
        {t('review.title')}
        <span className="ml-auto shrink-0 text-xs font-normal">
          {left < 0 ? t('review.late', { span: spanWords(left) }) : t('review.due', { day: formatRelativeDay(localDate(Date.parse(review.dueAt) - MINUTE, zone), localDate(now, zone)) })}
        </span>
      </p>
      {review.text ? <p className="mt-1 font-medium break-words text-ink">{t('review.quote', { text: review.text })}</p> : null}
      <p className="mt-0.5">{[t(`review.${review.kind}`), review.kind === 'opt_out_or_job' ? t('review.held') : ''].filter(Boolean).join(' ')}</p>
      {review.kind === 'cancel_appointment' && review.appointmentStart && review.appointmentNumber ? (
        <p className="mt-0.5 font-medium">
          {t('review.visit', { number: String(review.appointmentNumber), when: formatDateTime(review.appointmentStart, zone, now) })}
        </p>
      ) : null}
      {mayDecide ? (
        <div className="mt-2 flex flex-wrap gap-2">
          {answersTo(review).map((one) => (
            <Button key={one.decision} size="sm" disabled={decide.isPending || (one.cancels && !mayMove)} onClick={() => answer(one)}>
              {t(one.word)}
            </Button>
          ))}
        </div>
      ) : null}
    </section>
  );
}

async function restore(appointmentId: string): Promise<void> {
  try {
    await changeStatus(appointmentId, { status: 'SCHEDULED' });
  } catch (error) {
    toast({ tone: 'error', title: t('review.failed'), detail: errorWords(error) });
  }
}
