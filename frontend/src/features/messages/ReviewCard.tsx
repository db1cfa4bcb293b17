import { MessageSquareWarning } from 'lucide-react';
import { Button } from '@/components/ui/Button';
import { toast } from '@/components/ui/toast-store';
import '@/i18n/late/messages';
import type { WordKey } from '@/i18n/en';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import { useNow } from '@/lib/now';
import { MINUTE, formatRelativeDay, localDate, spanWords } from '@/lib/time';
import type { ConsentReview } from '@/types';
import { useDecide } from './mutations';

type Decision = 'opt_out' | 'about_the_job' | 'both' | 'dismissed';

/** What may be answered to each kind of question, the least harm first. */
const ANSWERS: Record<ConsentReview['kind'], readonly { decision: Decision; word: WordKey }[]> = {
  opt_out_or_job: [
    { decision: 'about_the_job', word: 'review.answer.about_the_job' },
    { decision: 'opt_out', word: 'review.answer.opt_out' },
    { decision: 'both', word: 'review.answer.both' },
  ],
  cancel_appointment: [
    { decision: 'both', word: 'review.cancel.both' },
    { decision: 'opt_out', word: 'review.cancel.opt_out' },
  ],
  wrong_number: [{ decision: 'dismissed', word: 'review.answer.dismissed' }],
};

/** A reply that a person must read: what was written, what it may mean, and the last day to decide on: `dueAt` is its end. */
export function ReviewCard({ review, zone, mayDecide }: { review: ConsentReview; zone: string; mayDecide: boolean }) {
  const now = useNow();
  const decide = useDecide();
  const left = Date.parse(review.dueAt) - now;
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
      {mayDecide ? (
        <div className="mt-2 flex flex-wrap gap-2">
          {ANSWERS[review.kind].map(({ decision, word }) => (
            <Button
              key={decision}
              size="sm"
              disabled={decide.isPending}
              onClick={() =>
                decide.mutate(
                  { id: review.id, decision },
                  {
                    onSuccess: () => toast({ tone: 'success', title: t(`review.done.${decision}`) }),
                    onError: (error) => toast({ tone: 'error', title: t('review.failed'), detail: errorWords(error) }),
                  },
                )
              }
            >
              {t(word)}
            </Button>
          ))}
        </div>
      ) : null}
    </section>
  );
}
