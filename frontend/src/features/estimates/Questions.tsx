import { CircleHelp } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Field } from '@/components/ui/Field';
import { TextArea } from '@/components/ui/Input';
import { useSession } from '@/contexts/SessionContext';
import '@/i18n/late/estimates';
import { t } from '@/i18n/t';
import type { DraftKind } from '@/lib/drafts';
import { useDraft } from '@/lib/drafts';
import { errorWords } from '@/lib/error-words';
import type { ApprovalRecord, Job } from '@/types';
import type { EstimateActs } from './mutations';

/** Answers that were begun, by question: another one on the same job has its own. */
const ANSWER: DraftKind<{ words: string }> = {
  empty: { words: '' },
  isEmpty: ({ words }) => !words,
  isDraft: ({ words }) => typeof words === 'string',
};

/** What the customer asked and nobody has answered yet, each with its answer's place. */
export function Questions({ jobs, records, acts }: { jobs: readonly Job[]; records: readonly ApprovalRecord[]; acts: EstimateActs }) {
  const waiting = jobs.filter((job) => job.askedAt !== null);
  if (waiting.length === 0) return null;
  return (
    <section aria-label={t('estimate.questions')} className="flex flex-col gap-2">
      <h4 className="text-xs font-medium text-muted">{t('estimate.questions')}</h4>
      {waiting.map((job) => (
        <Question key={job.id} job={job} words={records.findLast((one) => one.jobId === job.id && one.decision === 'asked')?.words ?? ''} acts={acts} />
      ))}
    </section>
  );
}

function Question({ job, words, acts }: { job: Job; words: string; acts: EstimateActs }) {
  const [draft, change] = useDraft(ANSWER, useSession().me.user.id, `/answers/${job.id}/${job.askedAt ?? ''}`);
  const answer = draft.words;
  const [error, setError] = useState<string | undefined>();
  const submit = (): void => {
    if (!answer.trim()) return setError(t('estimate.answer.missing'));
    acts.answer(job.id, answer.trim()).then(
      () => change(ANSWER.empty),
      (refused: unknown) => setError(errorWords(refused)),
    );
  };
  return (
    <form
      noValidate
      className="flex flex-col gap-2 rounded-control bg-warning-soft p-3"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <p className="flex items-start gap-2 font-medium text-warning">
        <CircleHelp size={16} aria-hidden className="mt-0.5 shrink-0" />
        {t('estimate.question', { name: job.name, words })}
      </p>
      <Field label={t('estimate.answer')} hint={t('estimate.answer.hint')} error={error}>
        {(control) => <TextArea {...control} rows={2} value={answer} onChange={(event) => change({ words: event.target.value })} />}
      </Field>
      <div className="flex justify-end">
        <Button type="submit" tone="primary" size="sm" isPending={acts.isPending} pendingLabel={t('action.saving')}>
          {t('estimate.answer.send')}
        </Button>
      </div>
    </form>
  );
}
