import { Trash2 } from 'lucide-react';
import type { FocusEvent, KeyboardEvent } from 'react';
import { useRef, useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { Select } from '@/components/ui/Select';
import { Toggle } from '@/components/ui/Toggle';
import { toast } from '@/components/ui/toast-store';
import type { SaveResult } from '@/components/ui/SavingInput';
import { SavingInput } from '@/components/ui/SavingInput';
import '@/i18n/late/services';
import type { WordKey } from '@/i18n/en';
import { t } from '@/i18n/t';
import { centsFault, exactFault } from '@/lib/amount-words';
import type { ExactLimits } from '@/lib/amounts';
import { centsField, HOURS, parseCents, parseExact, QUANTITY } from '@/lib/amounts';
import { useCommitOnLeave } from '@/lib/leave-field';
import { kindPatch, LINE_KINDS } from '@/lib/line-kinds';
import type { LineKind, LinePatch, TaxClass, WorkLine } from '@/types';
import { tellRefusal, useWorkPlace } from './WorkContext';

const TAX_CLASSES: readonly TaxClass[] = ['labor', 'parts', 'fees', 'exempt'];

/** Every field of a line, each saved by itself. Who may only write notes sees nothing else here. */
export function LineFields({ line }: { line: WorkLine }) {
  const { sheet, canEdit, saveLine, work, attempt } = useWorkPlace();
  const save = (patch: LinePatch, version = line.version): Promise<SaveResult> => saveLine(line, patch, version);
  const saveNow = (patch: LinePatch): void =>
    void save(patch).then(tellRefusal);

  const money = (field: 'unitPriceCents' | 'unitCostCents', word: WordKey) => (
    <SavingInput
      label={t(word)}
      inputMode="decimal"
      maxLength={14}
      value={line[field] === null || line[field] === undefined ? '' : centsField(line[field])}
      version={line.version}
      onSave={(typed, version) => {
        if (typed === '' && field === 'unitCostCents') return save({ unitCostCents: null }, version);
        const fault = centsFault(typed);
        return fault ? Promise.resolve({ error: fault }) : save({ [field]: parseCents(typed) ?? 0 }, version);
      }}
    />
  );
  const number = (field: 'hours' | 'quantity', limits: ExactLimits) => (
    <SavingInput
      label={t(`services.line.${field}`)}
      inputMode="decimal"
      maxLength={10}
      value={line[field] ?? ''}
      version={line.version}
      onSave={(typed, version) => {
        const exact = parseExact(typed, limits);
        return exact === null ? Promise.resolve({ error: exactFault(typed, limits) ?? '' }) : save({ [field]: exact }, version);
      }}
    />
  );
  const notes = (
    <SavingInput
      label={t('services.line.notes')}
      isLong
      maxLength={10_000}
      value={line.notes ?? ''}
      version={line.version}
      onSave={(typed, version) => save({ notes: typed || null }, version)}
    />
  );
  if (!canEdit) return <div className="py-2">{notes}</div>;
  const isLabor = line.kind === 'labor';
  return (
    <div className="flex flex-col gap-3 py-2">
      <SavingInput
        label={t('services.line.name')}
        maxLength={120}
        value={line.name}
        version={line.version}
        onSave={(typed, version) => (typed ? save({ name: typed }, version) : Promise.resolve({ error: t('services.need.name') }))}
      />
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
        <Field label={t('services.line.kind')}>
          {(control) => (
            <Select {...control} value={line.kind} onChange={(event) => saveNow(kindPatch(line, event.target.value as LineKind))}>
              {LINE_KINDS.map((one) => (
                <option key={one} value={one}>
                  {t(`services.kind.${one}`)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {isLabor ? number('hours', HOURS) : number('quantity', QUANTITY)}
        {money('unitPriceCents', isLabor ? (line.isFlat ? 'services.line.flatPrice' : 'services.line.hourPrice') : 'services.line.unitPriceCents')}
        {money('unitCostCents', 'services.line.unitCostCents')}
        <Discount line={line} save={save} />
        <Field label={t('services.line.taxClass')}>
          {(control) => (
            <Select {...control} value={line.taxClass} onChange={(event) => saveNow({ taxClass: event.target.value as TaxClass })}>
              {TAX_CLASSES.map((one) => (
                <option key={one} value={one}>
                  {t(`services.tax.${one}`)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {sheet.jobs.length > 1 ? (
          <Field label={t('services.line.jobId')}>
            {(control) => (
              <Select {...control} value={line.jobId} onChange={(event) => saveNow({ jobId: event.target.value })}>
                {sheet.jobs.map((job) => (
                  <option key={job.id} value={job.id}>
                    {job.name}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        ) : null}
      </div>
      {isLabor ? <Toggle isOn={line.isFlat === true} label={t('services.line.isFlat')} onChange={(isFlat) => saveNow({ isFlat })} /> : null}
      {notes}
      <div className="flex justify-end">
        <Button
          size="sm"
          tone="danger"
          icon={<Trash2 size={14} aria-hidden />}
          onClick={() => void attempt(work.deleteLine(line), t('services.line.deleted', { name: line.name }))}
        >
          {t('services.line.delete')}
        </Button>
      </div>
    </div>
  );
}

/** An amount off and why: one is nothing without the other, so they are saved together or not at all. */
function Discount({ line, save }: { line: WorkLine; save: (patch: LinePatch, version?: number) => Promise<SaveResult> }) {
  const [draft, setDraft] = useState<{ amount: string; reason: string } | null>(null);
  const [state, setState] = useState<{ amount?: string; reason?: string; mark?: string }>({});
  const fields = useRef<{ amount: HTMLInputElement | null; reason: HTMLInputElement | null }>({ amount: null, reason: null });
  const seen = useRef(line.version);
  /** What was sent last: leaving the fields does not send again what was refused. */
  const sent = useRef<typeof draft>(null);
  const cents = line.discountCents ?? 0;
  const kept = { amount: cents > 0 ? centsField(cents) : '', reason: line.discountReason ?? '' };
  const shown = draft ?? kept;
  const isAsked = cents > 0 || (parseCents(shown.amount) ?? 0) > 0;

  const commit = async (isWanted: boolean): Promise<void> => {
    if (draft === null || (sent.current === draft && !isWanted)) return;
    if (draft.amount.trim() === kept.amount && draft.reason.trim() === kept.reason) {
      setDraft(null);
      setState({});
      return;
    }
    const typed = draft.amount.trim() || '0';
    const amount = parseCents(typed);
    if (amount === null) {
      setState({ amount: centsFault(typed) ?? '' });
      return;
    }
    if (amount > 0 && draft.reason.trim() === '') {
      setState({ reason: t('services.need.discountReason') });
      return;
    }
    sent.current = draft;
    setState({ mark: t('action.saving') });
    const result = await save({ discountCents: amount, discountReason: amount > 0 ? draft.reason.trim() : null }, seen.current);
    if (typeof result === 'object' && 'error' in result) {
      setState({ amount: result.error });
      return;
    }
    sent.current = null;
    setState(result === 'asked' ? {} : { mark: t('action.saved') });
    setDraft((now) => (now === draft ? null : now));
  };
  useCommitOnLeave(() => {
    if (draft && (parseCents(draft.amount) ?? 0) > 0 && draft.reason.trim() === '') toast({ tone: 'error', title: t('services.discount.left', { line: line.name }), detail: t('services.need.discountReason') });
    void commit(false);
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') {
      event.preventDefault();
      if (isAsked && shown.reason.trim() === '' && document.activeElement !== fields.current.reason) fields.current.reason?.focus();
      else void commit(true);
    } else if (event.key === 'Escape' && draft !== null) {
      event.preventDefault();
      event.stopPropagation();
      sent.current = null;
      setDraft(null);
      setState({});
    }
  };
  const onBlur = (event: FocusEvent): void => {
    if (event.relatedTarget !== fields.current.amount && event.relatedTarget !== fields.current.reason) void commit(false);
  };
  const type = (change: Partial<typeof shown>): void => {
    if (draft === null) seen.current = line.version;
    setDraft({ ...shown, ...change });
    setState({});
  };

  return (
    <>
      <Field label={t('services.line.discountCents')} hint={isAsked && shown.reason.trim() === '' ? t('services.line.discount.waits') : undefined} error={state.amount} aside={state.mark ? <span className="text-xs text-muted">{state.mark}</span> : null}>
        {(control) => (
          <Input
            {...control}
            ref={(input) => {
              fields.current.amount = input;
            }}
            inputMode="decimal"
            maxLength={14}
            autoComplete="off"
            value={shown.amount}
            onChange={(event) => type({ amount: event.target.value })}
            onBlur={onBlur}
            onKeyDown={onKeyDown}
          />
        )}
      </Field>
      {isAsked ? (
        <Field label={t('services.line.discountReason')} error={state.reason}>
          {(control) => (
            <Input
              {...control}
              ref={(input) => {
                fields.current.reason = input;
              }}
              maxLength={200}
              autoComplete="off"
              value={shown.reason}
              onChange={(event) => type({ reason: event.target.value })}
              onBlur={onBlur}
              onKeyDown={onKeyDown}
            />
          )}
        </Field>
      ) : null}
    </>
  );
}
