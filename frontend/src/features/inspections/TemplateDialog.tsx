import { useQuery } from '@tanstack/react-query';
import { useId, useRef, useState } from 'react';
import { ApiError, newIdempotencyKey } from '@/api';
import { Button } from '@/components/ui/Button';
import { ConflictSheet } from '@/components/ui/ConflictSheet';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { Select } from '@/components/ui/Select';
import { Toggle } from '@/components/ui/Toggle';
import { toast } from '@/components/ui/toast-store';
import { useShopLocation } from '@/contexts/LocationContext';
import '@/i18n/late/inspections';
import { t, wordFor } from '@/i18n/t';
import { catalogQueries } from '@/lib/data/catalog';
import { conflictAuthor, conflictsOf } from '@/lib/data/conflicts';
import { shopQueries } from '@/lib/data/shop';
import { errorWords } from '@/lib/error-words';
import type { FieldConflict, InspectionPoint, InspectionTemplate } from '@/types';
import { useChangeTemplate, useCreateTemplate } from './mutations';
import { pointsWords } from './point-words';
import { PointsEditor } from './PointsEditor';
import type { TemplateDraft } from './template-draft';
import { changeOf, draftOf, templateOf } from './template-draft';

const NEEDS = {
  name: 'inspections.need.name',
  points: 'inspections.need.points',
  fromAge: 'inspections.need.number',
  toAge: 'inspections.need.number',
  fromMileage: 'inspections.need.number',
  toMileage: 'inspections.need.number',
} as const;

function valueWords(value: unknown, other: unknown): string {
  if (value === null) return t('inspections.nothing');
  if (typeof value === 'boolean') return t(value ? 'inspections.yes' : 'inspections.no');
  if (Array.isArray(value)) return pointsWords(value as InspectionPoint[], (other ?? []) as InspectionPoint[]);
  return String(value);
}

interface Clash {
  conflicts: FieldConflict[];
  version: number;
}

/** Writes a template; two people who change one field both see both values. */
export function TemplateDialog({ template, onClose }: { template: InspectionTemplate | null; onClose: () => void }) {
  const formId = useId();
  const { location, locations } = useShopLocation();
  const { data: jobs = [] } = useQuery(catalogQueries.jobs(location.id, { all: false }));
  const { data: kinds = [] } = useQuery(shopQueries.visitTypes(location.id));
  const [initial] = useState<TemplateDraft>(() => draftOf(template));
  const [draft, setDraft] = useState(initial);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [refusals, setRefusals] = useState(0);
  const [conflict, setConflict] = useState<Clash | null>(null);
  const [idempotencyKey, setKey] = useState(newIdempotencyKey);
  const version = useRef(template?.version ?? 1);
  const create = useCreateTemplate();
  const change = useChangeTemplate(template?.id ?? '');
  const set = (changes: Partial<TemplateDraft>): void => setDraft((before) => ({ ...before, ...changes }));

  // Forty points are not thrown away by a tap beside them.
  const isDirty = JSON.stringify(draft) !== JSON.stringify(initial);
  const refuse = (found: Record<string, string>): void => {
    setErrors(found);
    const field = Object.keys(found).find((name) => name !== 'points');
    if (!field) setRefusals((count) => count + 1);
    else document.getElementById(formId)?.querySelector<HTMLElement>(`[name="${field}"]`)?.focus();
  };
  const done = (name: string): void => {
    // The list behind is of one location: what is for another one does not come into it.
    const elsewhere = draft.locationId === null || draft.locationId === location.id ? null : locations.find((one) => one.id === draft.locationId)?.name;
    toast({ tone: 'success', title: t('inspections.saved', { name }), ...(elsewhere ? { detail: t('inspections.saved.elsewhere', { place: elsewhere }), timeout: 10_000 } : {}) });
    onClose();
  };
  const fail = (error: unknown): void => {
    const conflicts = conflictsOf(error);
    if (conflicts && error instanceof ApiError) {
      setConflict({ conflicts, version: error.extra<InspectionTemplate>('template')?.version ?? version.current + 1 });
      return;
    }
    const told = error instanceof ApiError ? Object.entries(error.fields) : [];
    const own = Object.fromEntries(told.map(([field, words]) => [field.startsWith('points') ? 'points' : field, words[0] ?? '']));
    refuse(told.length > 0 ? own : { form: errorWords(error) });
  };
  const send = (without: readonly string[], base: number): void => {
    const wish = templateOf(draft);
    if (Array.isArray(wish)) {
      refuse(Object.fromEntries(wish.map((field) => [field, t(NEEDS[field])])));
      return;
    }
    setErrors({});
    if (!template) {
      create.mutate(
        { template: wish, idempotencyKey },
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
    const changed = Object.fromEntries(Object.entries(changeOf(wish, template)).filter(([field]) => !without.includes(field)));
    if (Object.keys(changed).length === 0) onClose();
    else change.mutate({ change: changed, version: base }, { onSuccess: ({ name }) => done(name), onError: fail });
  };

  /** Of what clashes sends one's own of the fields in `mine`, and everything that does not clash; the rest stays as it is saved. */
  const resolve = ({ conflicts, version: present }: Clash, mine: readonly string[]): void => {
    setConflict(null);
    version.current = present;
    send(conflicts.map((one) => one.field).filter((field) => !mine.includes(field)), present);
  };

  const text = (field: 'name' | 'visitType' | 'fromAge' | 'toAge' | 'fromMileage' | 'toMileage', most: number, hint?: string) => (
    <Field label={t(`inspections.${field}`)} hint={hint} error={errors[field]}>
      {(control) => (
        <Input
          {...control}
          name={field}
          data-autofocus={field === 'name' || undefined}
          inputMode={field === 'name' || field === 'visitType' ? 'text' : 'numeric'}
          autoComplete="off"
          maxLength={most}
          list={field === 'visitType' ? `${formId}-kinds` : undefined}
          value={draft[field]}
          onChange={(event) => set({ [field]: event.target.value })}
        />
      )}
    </Field>
  );
  return (
    <Dialog
      title={template ? t('inspections.edit', { name: template.name }) : t('inspections.new')}
      note={template ? t('inspections.keeps') : undefined}
      size="lg"
      isForm
      isChanged={isDirty}
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
            {t('inspections.save')}
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
        <div className="grid gap-3 sm:grid-cols-2">
          {text('name', 120)}
          {text('visitType', 40, t('inspections.visitType.hint'))}
        </div>
        <datalist id={`${formId}-kinds`}>
          {kinds.map((kind) => (
            <option key={kind} value={kind} />
          ))}
        </datalist>
        <div className="grid grid-cols-2 gap-3 sm:grid-cols-4">
          {text('fromAge', 3)}
          {text('toAge', 3)}
          {text('fromMileage', 9)}
          {text('toMileage', 9)}
        </div>
        <div className="flex flex-wrap items-start gap-x-6 gap-y-2">
          {locations.length > 1 ? (
            <Field label={t('inspections.location')} hint={template ? t('inspections.location.stays') : undefined}>
              {(control) => (
                <Select {...control} disabled={template !== null} value={draft.locationId ?? ''} onChange={(event) => set({ locationId: event.target.value || null })}>
                  <option value="">{t('inspections.everywhere')}</option>
                  {locations.map((one) => (
                    <option key={one.id} value={one.id}>
                      {one.name}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
          ) : null}
          <Toggle isOn={draft.isActive} label={t('inspections.isActive')} onChange={(isActive) => set({ isActive })} />
        </div>
        <PointsEditor points={draft.points} jobs={jobs} error={errors.points} refusals={refusals} onChange={(points) => set({ points })} />
      </form>
      {conflict ? (
        <ConflictSheet
          conflicts={conflict.conflicts.map((one) => ({
            field: one.field,
            label: wordFor(`inspections.${one.field}`) ?? one.field,
            yours: valueWords(one.yours, one.theirs),
            theirs: valueWords(one.theirs, one.yours),
            by: conflictAuthor(one),
          }))}
          isPending={change.isPending}
          onResolve={(mine) => resolve(conflict, mine)}
          onKeepSaved={() => resolve(conflict, [])}
          onClose={() => setConflict(null)}
        />
      ) : null}
    </Dialog>
  );
}
