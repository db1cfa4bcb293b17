import { useId, useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input, TextArea } from '@/components/ui/Input';
import { Select } from '@/components/ui/Select';
import '@/i18n/late/services';
import { t } from '@/i18n/t';
import type { Job, JobPatch, Urgency } from '@/types';
import { useWorkPlace } from './WorkContext';

const URGENCIES: readonly Urgency[] = ['now', 'soon', 'later'];

/** What a job is called and how it is told to the customer. */
export function JobWordsDialog({ job, onClose }: { job: Job; onClose: () => void }) {
  const { saveJob, work } = useWorkPlace();
  const form = useId();
  const [seen] = useState(job);
  const [draft, setDraft] = useState({ name: job.name, category: job.category ?? '', description: job.description ?? '', urgency: job.urgency ?? '' });
  const [error, setError] = useState<string>();
  const set = (changes: Partial<typeof draft>): void => setDraft((before) => ({ ...before, ...changes }));

  const submit = async (): Promise<void> => {
    const wish = {
      name: draft.name.trim(),
      category: draft.category.trim() || null,
      description: draft.description.trim() || null,
      urgency: (draft.urgency || null) as Urgency | null,
    };
    if (!wish.name) {
      setError(t('services.need.name'));
      return;
    }
    const patch = Object.fromEntries(Object.entries(wish).filter(([field, value]) => seen[field as keyof Job] !== value)) as JobPatch;
    const result = Object.keys(patch).length > 0 ? await saveJob(job, patch, seen.version) : 'asked';
    if (result !== 'asked' && 'error' in result) setError(result.error);
    else onClose();
  };
  return (
    <Dialog
      title={t('services.jobWords.title')}
      note={job.name}
      isForm
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" form={form} tone="primary" isPending={work.isPending} pendingLabel={t('action.saving')}>
            {t('action.save')}
          </Button>
        </>
      }
    >
      <form
        id={form}
        noValidate
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Field label={t('services.jobWords.name')} error={error}>
          {(control) => <Input {...control} data-autofocus autoComplete="off" maxLength={120} value={draft.name} onChange={(event) => set({ name: event.target.value })} />}
        </Field>
        <div className="grid grid-cols-2 gap-3">
          <Field label={t('services.jobWords.category')}>
            {(control) => <Input {...control} autoComplete="off" maxLength={40} value={draft.category} onChange={(event) => set({ category: event.target.value })} />}
          </Field>
          <Field label={t('services.jobWords.urgency')}>
            {(control) => (
              <Select {...control} value={draft.urgency} onChange={(event) => set({ urgency: event.target.value as Urgency | '' })}>
                <option value="">{t('services.urgency.none')}</option>
                {URGENCIES.map((one) => (
                  <option key={one} value={one}>
                    {t(`services.urgency.${one}`)}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </div>
        <Field label={t('services.jobWords.description')}>
          {(control) => <TextArea {...control} rows={4} maxLength={10_000} value={draft.description} onChange={(event) => set({ description: event.target.value })} />}
        </Field>
      </form>
    </Dialog>
  );
}
