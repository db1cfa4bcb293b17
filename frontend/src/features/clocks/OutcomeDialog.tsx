import type { SubmitEvent } from 'react';
import { useId, useState } from 'react';
import { ApiError } from '@/api';
import { Button } from '@/components/ui/Button';
import { ConflictSheet } from '@/components/ui/ConflictSheet';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { TextArea } from '@/components/ui/Input';
import { toast } from '@/components/ui/toast-store';
import '@/i18n/late/clocks';
import { t } from '@/i18n/t';
import { conflictAuthor, conflictsOf } from '@/lib/data/conflicts';
import { errorWords } from '@/lib/error-words';
import type { FieldConflict, Outcome, WorkedJob } from '@/types';
import type { VisitActs } from './queries';

const FIELDS = ['cause', 'correction'] as const;
type Words = Record<(typeof FIELDS)[number], string | null>;

interface Clash {
  conflicts: FieldConflict[];
  wish: Partial<Words>;
  version: number;
}

/** What was found in a job and what was done about it. What another wrote meanwhile is shown beside one's own. */
export function OutcomeDialog({ job, acts, onClose }: { job: WorkedJob; acts: VisitActs; onClose: () => void }) {
  const formId = useId();
  // What the words are compared and saved against: as they stood when the dialog opened, or as a conflict showed them since.
  const [seen, setSeen] = useState(job);
  const [draft, setDraft] = useState({ cause: job.cause ?? '', correction: job.correction ?? '' });
  const [error, setError] = useState<string>();
  const [conflict, setConflict] = useState<Clash | null>(null);

  const save = async (wish: Partial<Words>, version: number): Promise<void> => {
    try {
      if (Object.keys(wish).length > 0) {
        await acts.tell(seen.id, wish, version);
        toast({ tone: 'success', title: t('work.outcome.saved') });
      }
      onClose();
    } catch (reason) {
      const conflicts = conflictsOf(reason);
      if (conflicts && reason instanceof ApiError) setConflict({ conflicts, wish, version: reason.extra<Outcome>('job')?.version ?? version + 1 });
      else setError(errorWords(reason));
    }
  };
  /** Of what clashes keeps one's own of the fields in `mine`; what is saved stands in the form where that was chosen. */
  const resolve = ({ conflicts, wish, version }: Clash, mine: readonly string[]): void => {
    const theirs = Object.fromEntries(conflicts.filter((one) => !mine.includes(one.field)).map((one) => [one.field, one.theirs as string | null])) as Partial<Words>;
    const left = Object.fromEntries(Object.entries(wish).filter(([field]) => !(field in theirs))) as Partial<Words>;
    setConflict(null);
    setDraft((before) => ({ ...before, ...Object.fromEntries(Object.entries(theirs).map(([field, words]) => [field, words ?? ''])) }));
    setSeen((before) => ({ ...before, ...Object.fromEntries(conflicts.map((one) => [one.field, one.theirs])), version }));
    void save(left, version);
  };
  const onSubmit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const changed = FIELDS.map((field) => [field, draft[field].trim() || null] as const).filter(([field, words]) => words !== seen[field]);
    void save(Object.fromEntries(changed), seen.version);
  };
  return (
    <Dialog
      title={t('work.outcome.title')}
      note={seen.name}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" form={formId} tone="primary" isPending={acts.isPending} pendingLabel={t('action.saving')}>
            {t('action.save')}
          </Button>
        </>
      }
    >
      <form id={formId} noValidate onSubmit={onSubmit} className="flex flex-col gap-4">
        {FIELDS.map((field) => (
          <Field key={field} label={t(`work.outcome.${field}`)} hint={t(`work.outcome.${field}.hint`)}>
            {(control) => (
              <TextArea
                {...control}
                {...(field === 'cause' ? { 'data-autofocus': true } : {})}
                rows={3}
                maxLength={10_000}
                value={draft[field]}
                onChange={(event) => setDraft((before) => ({ ...before, [field]: event.target.value }))}
              />
            )}
          </Field>
        ))}
        {error ? (
          <p role="alert" className="font-medium text-danger">
            {error}
          </p>
        ) : null}
      </form>
      {conflict ? (
        <ConflictSheet
          conflicts={conflict.conflicts.map((one) => ({
            field: one.field,
            label: t(`work.outcome.${one.field === 'cause' ? 'cause' : 'correction'}`),
            yours: String(one.yours ?? ''),
            theirs: String(one.theirs ?? ''),
            by: conflictAuthor(one),
          }))}
          isPending={acts.isPending}
          onClose={() => setConflict(null)}
          onKeepSaved={() => resolve(conflict, [])}
          onResolve={(mine) => resolve(conflict, mine)}
        />
      ) : null}
    </Dialog>
  );
}
