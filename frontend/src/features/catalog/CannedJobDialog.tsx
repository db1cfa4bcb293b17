import { useQuery } from '@tanstack/react-query';
import { useId, useRef, useState } from 'react';
import { ApiError, newIdempotencyKey } from '@/api';
import { Button } from '@/components/ui/Button';
import { ConflictSheet } from '@/components/ui/ConflictSheet';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input, TextArea } from '@/components/ui/Input';
import { Select } from '@/components/ui/Select';
import { Toggle } from '@/components/ui/Toggle';
import { toast } from '@/components/ui/toast-store';
import { useShopLocation } from '@/contexts/LocationContext';
import '@/i18n/late/catalog';
import { t, wordFor } from '@/i18n/t';
import { catalogQueries } from '@/lib/data/catalog';
import { conflictAuthor, conflictsOf } from '@/lib/data/conflicts';
import { errorWords } from '@/lib/error-words';
import type { CannedLine, CatalogJob, FieldConflict } from '@/types';
import type { JobDraft } from './job-draft';
import { changeOf, draftOf, faultOfLines, jobOf } from './job-draft';
import { LinesEditor } from './LinesEditor';
import { useChangeJob, useCreateJob } from './mutations';

const NEEDS = { name: 'canned.need.name', category: 'canned.need.category', minutes: 'canned.need.minutes', lines: 'canned.need.lines' } as const;

function valueWords(value: unknown): string {
  if (typeof value === 'boolean') return t(value ? 'canned.yes' : 'canned.no');
  if (Array.isArray(value)) return (value as CannedLine[]).map((line) => line.name).join(', ');
  return String(value ?? '');
}

/** Writes a canned job; two people who change one field both see both values. */
export function CannedJobDialog({ job, onClose }: { job: CatalogJob | null; onClose: () => void }) {
  const formId = useId();
  const { location, locations } = useShopLocation();
  const { data: rates } = useQuery(catalogQueries.rates(location.id));
  const [draft, setDraft] = useState<JobDraft>(() => draftOf(job));
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [conflict, setConflict] = useState<{ conflicts: FieldConflict[]; version: number } | null>(null);
  const [idempotencyKey, setKey] = useState(newIdempotencyKey);
  const version = useRef(job?.version ?? 1);
  const create = useCreateJob();
  const change = useChangeJob(job?.id ?? '');
  const set = (changes: Partial<JobDraft>): void => setDraft((before) => ({ ...before, ...changes }));
  const names = [...new Set(rates?.laborRates.filter((rate) => !rate.isDefault).map((rate) => rate.name) ?? [])];

  const done = (name: string): void => {
    toast({ tone: 'success', title: t('catalog.saved', { name }) });
    onClose();
  };
  const fail = (error: unknown): void => {
    const conflicts = conflictsOf(error);
    if (conflicts && error instanceof ApiError) {
      setConflict({ conflicts, version: error.extra<CatalogJob>('job')?.version ?? version.current + 1 });
      return;
    }
    const told = error instanceof ApiError ? Object.entries(error.fields) : [];
    const own = Object.fromEntries(told.map(([field, words]) => [field.startsWith('lines') ? 'lines' : field === 'durationMinutes' ? 'minutes' : field, words[0] ?? '']));
    setErrors(told.length > 0 ? own : { form: errorWords(error) });
  };
  const send = (without: readonly string[], base: number): void => {
    const wish = jobOf(draft);
    if (Array.isArray(wish)) {
      setErrors(Object.fromEntries(wish.map((field) => [field, (field === 'lines' && faultOfLines(draft.lines)) || t(NEEDS[field])])));
      return;
    }
    setErrors({});
    if (!job) {
      create.mutate(
        { job: wish, idempotencyKey },
        {
          onSuccess: ({ name }) => done(name),
          onError: (error) => {
            // A refused form is another one when it is sent again.
            if (error instanceof ApiError && error.status !== 0) setKey(newIdempotencyKey());
            fail(error);
          },
        },
      );
      return;
    }
    const changed = Object.fromEntries(Object.entries(changeOf(wish, job)).filter(([field]) => !without.includes(field)));
    if (Object.keys(changed).length === 0) onClose();
    else change.mutate({ change: changed, version: base }, { onSuccess: ({ name }) => done(name), onError: fail });
  };

  const text = (field: 'name' | 'category' | 'minutes', word: 'canned.name' | 'canned.category' | 'canned.durationMinutes', most: number) => (
    <Field label={t(word)} error={errors[field]}>
      {(control) => (
        <Input
          {...control}
          name={field}
          data-autofocus={field === 'name' || undefined}
          inputMode={field === 'minutes' ? 'numeric' : 'text'}
          autoComplete="off"
          maxLength={most}
          value={draft[field]}
          onChange={(event) => set({ [field]: event.target.value })}
        />
      )}
    </Field>
  );
  return (
    <Dialog
      title={t(job ? 'canned.edit' : 'canned.new')}
      note={job ? t('catalog.keeps') : undefined}
      size="lg"
      isForm
      onClose={onClose}
      footer={
        <>
          {errors.form ? (
            <p role="alert" className="min-w-0 flex-1 font-medium text-danger">
              {errors.form}
            </p>
          ) : null}
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" form={formId} tone="primary" isPending={create.isPending || change.isPending} pendingLabel={t('action.saving')}>
            {t('catalog.save')}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          send([], version.current);
        }}
      >
        {text('name', 'canned.name', 120)}
        <div className="grid gap-3 sm:grid-cols-3">
          {text('category', 'canned.category', 40)}
          {text('minutes', 'canned.durationMinutes', 4)}
          {locations.length > 1 ? (
            <Field label={t('canned.location')}>
              {(control) => (
                <Select {...control} disabled={job !== null} value={draft.locationId ?? ''} onChange={(event) => set({ locationId: event.target.value || null })}>
                  <option value="">{t('catalog.everywhere')}</option>
                  {locations.map((one) => (
                    <option key={one.id} value={one.id}>
                      {one.name}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
          ) : null}
        </div>
        <Field label={t('canned.description')}>
          {(control) => <TextArea {...control} rows={2} maxLength={10_000} value={draft.description} onChange={(event) => set({ description: event.target.value })} />}
        </Field>
        <div className="flex flex-wrap gap-x-6 gap-y-2">
          <Toggle isOn={draft.isOnline} label={t('canned.isOnline')} onChange={(isOnline) => set({ isOnline })} />
          <Toggle isOn={draft.isActive} label={t('canned.isActive')} onChange={(isActive) => set({ isActive })} />
        </div>
        <LinesEditor lines={draft.lines} rates={names} error={errors.lines} onChange={(lines) => set({ lines })} />
      </form>
      {conflict ? (
        <ConflictSheet
          conflicts={conflict.conflicts.map((one) => ({
            field: one.field,
            label: wordFor(`canned.${one.field}`) ?? one.field,
            yours: valueWords(one.yours),
            theirs: valueWords(one.theirs),
            by: conflictAuthor(one),
          }))}
          isPending={change.isPending}
          onResolve={(mine) => {
            const theirs = conflict.conflicts.map((one) => one.field).filter((field) => !mine.includes(field));
            setConflict(null);
            send(theirs, conflict.version);
          }}
          onClose={() => {
            setConflict(null);
            onClose();
          }}
        />
      ) : null}
    </Dialog>
  );
}
