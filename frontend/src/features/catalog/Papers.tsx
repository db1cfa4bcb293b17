import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '@/api';
import { Button } from '@/components/ui/Button';
import { ConflictSheet } from '@/components/ui/ConflictSheet';
import { ErrorState } from '@/components/ui/ErrorState';
import { Field } from '@/components/ui/Field';
import { Input, TextArea } from '@/components/ui/Input';
import { Select } from '@/components/ui/Select';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { toast } from '@/components/ui/toast-store';
import { Toggle } from '@/components/ui/Toggle';
import { useShopLocation } from '@/contexts/LocationContext';
import '@/i18n/late/catalog';
import { t, wordFor } from '@/i18n/t';
import { centsFault } from '@/lib/amount-words';
import { centsField, parseCents, parseExact, PERCENT, percentText, shiftPoint } from '@/lib/amounts';
import { catalogQueries } from '@/lib/data/catalog';
import { conflictAuthor, conflictsOf } from '@/lib/data/conflicts';
import { errorWords } from '@/lib/error-words';
import { moneyText } from '@/lib/money';
import type { FieldConflict, LocationSettings } from '@/types';
import type { SettingsChange } from './mutations';
import { useChangeSettings } from './mutations';

/** What a location's papers say, and what a link alone may do; the owner's. */
export function Papers() {
  const { location } = useShopLocation();
  const { data, error, refetch } = useQuery(catalogQueries.settings(location.id));
  if (data) return <Form key={`${location.id} ${data.version}`} settings={data} />;
  return error ? (
    <ErrorState error={error} onRetry={() => void refetch()} />
  ) : (
    <div className="p-4">
      <SkeletonLines lines={6} label={t('rates.loading')} />
    </div>
  );
}

function valueWords(field: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (field === 'linkCapCents') return moneyText(Number(value));
  if (field === 'marginTargetBp') return `${percentText(Number(value))} %`;
  if (field === 'isCheckedByAnother') return t(value ? 'papers.on' : 'papers.off');
  if (field === 'paper') return wordFor(`papers.paper.${String(value)}`) ?? String(value);
  return String(value);
}

function Form({ settings }: { settings: LocationSettings }) {
  const change = useChangeSettings(settings.id);
  const [draft, setDraft] = useState({
    registrationNumber: settings.registrationNumber ?? '',
    warrantyTerms: settings.warrantyTerms ?? '',
    state: settings.state ?? '',
    paper: settings.paper,
    linkCapCents: centsField(settings.linkCapCents),
    marginTargetBp: percentText(settings.marginTargetBp),
    isCheckedByAnother: settings.isCheckedByAnother,
  });
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [conflict, setConflict] = useState<{ conflicts: FieldConflict[]; wish: SettingsChange; version: number } | null>(null);
  const set = (changes: Partial<typeof draft>): void => setDraft((before) => ({ ...before, ...changes }));

  const save = (wish: SettingsChange, version: number): void =>
    change.mutate(
      { change: wish, version },
      {
        onSuccess: () => toast({ tone: 'success', title: t('papers.saved') }),
        onError: (error) => {
          const conflicts = conflictsOf(error);
          const told = error instanceof ApiError ? Object.entries(error.fields) : [];
          if (conflicts && error instanceof ApiError) {
            setConflict({ conflicts, wish, version: error.extra<LocationSettings>('location')?.version ?? version + 1 });
          } else setErrors(told.length > 0 ? Object.fromEntries(told.map(([field, words]) => [field, words[0] ?? ''])) : { form: errorWords(error) });
        },
      },
    );
  const submit = (): void => {
    const cap = parseCents(draft.linkCapCents);
    const wrongCap = centsFault(draft.linkCapCents);
    const percent = parseExact(draft.marginTargetBp, PERCENT);
    const state = draft.state.trim().toUpperCase();
    const needs = {
      ...(wrongCap ? { linkCapCents: wrongCap } : {}),
      ...(percent === null ? { marginTargetBp: t('papers.need.percent') } : {}),
      ...(state !== '' && !/^[A-Z]{2}$/.test(state) ? { state: t('papers.need.state') } : {}),
    };
    setErrors(needs);
    if (Object.keys(needs).length > 0) return;
    const wish: Required<SettingsChange> = {
      registrationNumber: draft.registrationNumber.trim() || null,
      warrantyTerms: draft.warrantyTerms.trim() || null,
      state: state || null,
      paper: draft.paper,
      linkCapCents: cap ?? 0,
      marginTargetBp: Number(shiftPoint(percent ?? '0', 2)),
      isCheckedByAnother: draft.isCheckedByAnother,
    };
    const changed = Object.fromEntries(Object.entries(wish).filter(([field, value]) => settings[field as keyof SettingsChange] !== value));
    if (Object.keys(changed).length > 0) save(changed, settings.version);
  };
  const text = (field: Exclude<keyof typeof draft, 'paper' | 'warrantyTerms' | 'isCheckedByAnother'>, most: number) => (
    <Field label={t(`papers.${field}`)} hint={t(`papers.${field}.hint`)} error={errors[field]}>
      {(control) => <Input {...control} autoComplete="off" maxLength={most} value={draft[field]} onChange={(event) => set({ [field]: event.target.value })} />}
    </Field>
  );
  return (
    <form
      noValidate
      className="flex max-w-xl flex-col gap-4 px-4 py-4 sm:px-6"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <p className="text-muted">{t('papers.lead', { location: settings.name })}</p>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t('papers.paper')}>
          {(control) => (
            <Select {...control} value={draft.paper} onChange={(event) => set({ paper: event.target.value as LocationSettings['paper'] })}>
              {(['letter', 'a4'] as const).map((one) => (
                <option key={one} value={one}>
                  {t(`papers.paper.${one}`)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {text('state', 2)}
        {text('linkCapCents', 14)}
        {text('marginTargetBp', 6)}
      </div>
      {text('registrationNumber', 40)}
      <Field label={t('papers.warrantyTerms')} error={errors.warrantyTerms}>
        {(control) => <TextArea {...control} rows={4} maxLength={10_000} value={draft.warrantyTerms} onChange={(event) => set({ warrantyTerms: event.target.value })} />}
      </Field>
      <Toggle isOn={draft.isCheckedByAnother} onChange={(isCheckedByAnother) => set({ isCheckedByAnother })} label={t('papers.isCheckedByAnother')} />
      {errors.form ? (
        <p role="alert" className="font-medium text-danger">
          {errors.form}
        </p>
      ) : null}
      <div>
        <Button type="submit" tone="primary" isPending={change.isPending} pendingLabel={t('action.saving')}>
          {t('papers.save')}
        </Button>
      </div>
      {conflict ? (
        <ConflictSheet
          conflicts={conflict.conflicts.map((one) => ({
            field: one.field,
            label: wordFor(`papers.${one.field}`) ?? one.field,
            yours: valueWords(one.field, one.yours),
            theirs: valueWords(one.field, one.theirs),
            by: conflictAuthor(one),
          }))}
          isPending={change.isPending}
          onClose={() => setConflict(null)}
          onResolve={(mine) => {
            const theirs = conflict.conflicts.map((one) => one.field).filter((field) => !mine.includes(field));
            const rest = Object.fromEntries(Object.entries(conflict.wish).filter(([field]) => !theirs.includes(field)));
            setConflict(null);
            if (Object.keys(rest).length > 0) save(rest, conflict.version);
          }}
        />
      ) : null}
    </form>
  );
}
