import { useQuery } from '@tanstack/react-query';
import { Braces } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { ApiError, newIdempotencyKey } from '@/api';
import { Button } from '@/components/ui/Button';
import { ConflictSheet } from '@/components/ui/ConflictSheet';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input, TextArea } from '@/components/ui/Input';
import { Menu } from '@/components/ui/Menu';
import { Select } from '@/components/ui/Select';
import { toast } from '@/components/ui/toast-store';
import { useShopLocation } from '@/contexts/LocationContext';
import '@/i18n/late/messages';
import '@/i18n/late/texts';
import type { WordKey } from '@/i18n/en';
import { t, wordFor } from '@/i18n/t';
import { conflictAuthor, conflictsOf } from '@/lib/data/conflicts';
import { errorWords } from '@/lib/error-words';
import { findingWords } from '@/lib/finding-words';
import type { FieldConflict, Finding, MessageTemplate } from '@/types';
import type { TemplateField } from './mutations';
import { useChangeTemplate, useCreateTemplate } from './mutations';
import { textQueries } from './queries';
import type { TemplateDraft } from './template-draft';
import { changeOf, draftOf, insertVariable, newTemplateOf } from './template-draft';
import { TemplatePreview } from './TemplatePreview';

const CATEGORIES = ['appointment', 'status', 'inspection', 'estimate', 'payment', 'general', 'marketing'] as const;
const CHANNELS = ['sms', 'email'] as const;
const PURPOSES = ['informational', 'marketing'] as const;

/** Writes a template beside its live preview; two people who edit one field both see both values. */
export function TemplateDialog({ template, onClose }: { template: MessageTemplate | null; onClose: () => void }) {
  const formId = useId();
  const { locations } = useShopLocation();
  const [draft, setDraft] = useState<TemplateDraft>(() => draftOf(template, null));
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [conflict, setConflict] = useState<{ conflicts: FieldConflict[]; version: number } | null>(null);
  const [idempotencyKey, setKey] = useState(newIdempotencyKey);
  const version = useRef(template?.version ?? 1);
  const create = useCreateTemplate();
  const change = useChangeTemplate(template?.id ?? '');
  const isPending = create.isPending || change.isPending;
  const set = (changes: Partial<TemplateDraft>): void => setDraft((before) => ({ ...before, ...changes }));

  const done = (name: string): void => {
    toast({ tone: 'success', title: t('template.saved', { name }) });
    onClose();
  };
  const fail = (error: unknown): void => {
    const conflicts = conflictsOf(error);
    if (conflicts && error instanceof ApiError) {
      setConflict({ conflicts, version: error.extra<MessageTemplate>('template')?.version ?? version.current + 1 });
      return;
    }
    const fields = error instanceof ApiError ? Object.fromEntries(Object.entries(error.fields).map(([field, words]) => [field, words[0] ?? ''])) : {};
    const findings = error instanceof ApiError ? (error.extra<Finding[]>('findings') ?? []) : [];
    const first = findings[0];
    if (first) setErrors({ body: findingWords(first) });
    else setErrors(Object.keys(fields).length > 0 ? fields : { form: errorWords(error) });
  };
  const submit = (form: HTMLFormElement): void => {
    const needs: Record<string, string> = {};
    if (!draft.name.trim()) needs.name = t('template.need.name');
    if (draft.channel === 'email' && !draft.subject.trim()) needs.subject = t('template.need.subject');
    if (!draft.body.trim()) needs.body = t('template.need.body');
    setErrors(needs);
    const first = Object.keys(needs)[0];
    if (first) {
      form.querySelector<HTMLElement>(`[name="${first}"]`)?.focus();
      return;
    }
    if (!template) {
      create.mutate(
        { template: newTemplateOf(draft), idempotencyKey },
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
    const wish = changeOf(draft, template);
    if (Object.keys(wish).length === 0) {
      onClose();
      return;
    }
    change.mutate({ change: wish, version: version.current }, { onSuccess: ({ name }) => done(name), onError: fail });
  };
  const resolve = (mine: string[]): void => {
    if (!template || !conflict) return;
    // The other's values stand where they were chosen; what did not clash is saved along.
    const theirs = Object.fromEntries(conflict.conflicts.filter((one) => !mine.includes(one.field)).map((one) => [one.field, one.theirs]));
    const wish = Object.fromEntries(Object.entries(changeOf(draft, template)).filter(([field]) => !(field in theirs)));
    setDraft((before) => ({ ...before, ...theirs }));
    if (Object.keys(wish).length === 0) {
      done(draft.name);
      return;
    }
    change.mutate({ change: wish, version: conflict.version }, { onSuccess: ({ name }) => done(name), onError: fail });
  };

  const choice = (name: 'category' | 'channel' | 'purpose', label: WordKey, values: readonly string[], wordOf: (value: string) => string, isFixed = false) => (
    <Field label={t(label)} error={errors[name]}>
      {(control) => (
        <Select {...control} name={name} disabled={isFixed} value={draft[name]} onChange={(event) => set({ [name]: event.target.value })}>
          {values.map((value) => (
            <option key={value} value={value}>
              {wordOf(value)}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );

  return (
    <Dialog
      title={t(template ? 'template.edit' : 'template.new')}
      note={template && template.useCount > 0 ? t('template.usage', { times: t('texts.used', { count: template.useCount }) }) : undefined}
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
          <Button type="submit" form={formId} tone="primary" isPending={isPending} pendingLabel={t('action.saving')}>
            {t('template.save')}
          </Button>
        </>
      }
    >
      <div className="grid gap-6 md:grid-cols-[minmax(0,6fr)_minmax(0,5fr)]">
        {/* Ctrl-Enter saves from any field; the form itself is no control. */}
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
        <form
          id={formId}
          noValidate
          className="flex min-w-0 flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            submit(event.currentTarget);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
          }}
        >
          <Field label={t('template.name')} error={errors.name}>
            {(control) => <Input {...control} name="name" data-autofocus autoComplete="off" maxLength={80} value={draft.name} onChange={(event) => set({ name: event.target.value })} />}
          </Field>
          <div className="grid grid-cols-2 gap-3">
            {choice('category', 'template.category', CATEGORIES, (value) => wordFor(`category.${value}`) ?? value)}
            {choice('channel', 'template.channel', CHANNELS, (value) => wordFor(`messages.channel.${value}`) ?? value, template !== null)}
            {choice('purpose', 'template.purpose', PURPOSES, (value) => wordFor(`template.purpose.${value}`) ?? value)}
            {locations.length > 1 ? (
              <Field label={t('template.location')} error={errors.locationId}>
                {(control) => (
                  <Select {...control} disabled={template !== null} value={draft.locationId ?? ''} onChange={(event) => set({ locationId: event.target.value || null })}>
                    <option value="">{t('texts.everywhere')}</option>
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
          {draft.channel === 'email' ? (
            <Field label={t('template.subject')} error={errors.subject}>
              {(control) => <Input {...control} name="subject" autoComplete="off" maxLength={200} value={draft.subject} onChange={(event) => set({ subject: event.target.value })} />}
            </Field>
          ) : null}
          <BodyField draft={draft} error={errors.body} onChange={(body) => set({ body })} />
        </form>
        <TemplatePreview draft={draft} />
      </div>
      {conflict ? (
        <ConflictSheet
          conflicts={conflict.conflicts.map((one) => ({
            field: one.field,
            label: t(`template.${one.field as TemplateField}`),
            yours: String(one.yours ?? ''),
            theirs: String(one.theirs ?? ''),
            by: conflictAuthor(one),
          }))}
          isPending={change.isPending}
          onResolve={resolve}
          onClose={() => {
            setConflict(null);
            onClose();
          }}
        />
      ) : null}
    </Dialog>
  );
}

function BodyField({ draft, error, onChange }: { draft: TemplateDraft; error: string | undefined; onChange: (body: string) => void }) {
  const { data: variables = [] } = useQuery(textQueries.variables());
  const field = useRef<HTMLTextAreaElement>(null);
  return (
    <Field
      label={t('template.body')}
      error={error}
      hint={t('template.body.hint', { example: '{customer_first_name|there}' })}
      aside={
        <Menu
          label={t('template.variables')}
          items={variables.map(({ name, example }) => ({
            id: name,
            label: wordFor(`variable.${name}`) ?? name,
            detail: example,
            onSelect: () => {
              const at = field.current;
              const { body, caret } = insertVariable(draft.body, name, at?.selectionStart ?? draft.body.length, at?.selectionEnd ?? draft.body.length);
              onChange(body);
              window.setTimeout(() => {
                at?.focus();
                at?.setSelectionRange(caret, caret);
              });
            },
          }))}
        >
          {(trigger) => (
            <Button size="sm" tone="ghost" icon={<Braces size={14} aria-hidden />} {...trigger}>
              {t('template.variable')}
            </Button>
          )}
        </Menu>
      }
    >
      {(control) => (
        <TextArea
          {...control}
          ref={field}
          name="body"
          rows={5}
          maxLength={draft.channel === 'sms' ? 1600 : 10_000}
          className="field-sizing-content min-h-28"
          value={draft.body}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
