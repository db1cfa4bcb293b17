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

/** What was found in a job and what was done about it. What another wrote meanwhile is shown beside one's own. */
export function OutcomeDialog({ job, acts, onClose }: { job: WorkedJob; acts: VisitActs; onClose: () => void }) {
  const formId = useId();
  const [seen] = useState(job);
  const [draft, setDraft] = useState({ cause: job.cause ?? '', correction: job.correction ?? '' });
  const [error, setError] = useState<string>();
  const [conflict, setConflict] = useState<{ conflicts: FieldConflict[]; wish: Partial<Words>; version: number } | null>(null);

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
          onResolve={(mine) => {
            const theirs = conflict.conflicts.map((one) => one.field).filter((field) => !mine.includes(field));
            setConflict(null);
            void save(Object.fromEntries(Object.entries(conflict.wish).filter(([field]) => !theirs.includes(field))), conflict.version);
          }}
        />
      ) : null}
    </Dialog>
  );
}
