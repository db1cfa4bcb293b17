import { Trash2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Field } from '@/components/ui/Field';
import { Select } from '@/components/ui/Select';
import { Toggle } from '@/components/ui/Toggle';
import type { SaveResult } from '@/components/ui/SavingInput';
import { SavingInput } from '@/components/ui/SavingInput';
import '@/i18n/late/services';
import type { WordKey } from '@/i18n/en';
import { t } from '@/i18n/t';
import { centsField, parseCents, parseExact } from '@/lib/amounts';
import type { LinePatch, TaxClass, WorkLine } from '@/types';
import { tellRefusal, useWorkPlace } from './WorkContext';

const TAX_CLASSES: readonly TaxClass[] = ['labor', 'parts', 'fees', 'exempt'];

/** Every field of a line, each saved by itself. Who may only write notes sees nothing else here. */
export function LineFields({ line }: { line: WorkLine }) {
  const { sheet, canEdit, saveLine, work, attempt } = useWorkPlace();
  const save = (patch: LinePatch, version = line.version): Promise<SaveResult> => saveLine(line, patch, version);
  const saveNow = (patch: LinePatch): void =>
    void save(patch).then(tellRefusal);

  const money = (field: 'unitPriceCents' | 'unitCostCents' | 'discountCents', word: WordKey) => (
    <SavingInput
      label={t(word)}
      inputMode="decimal"
      maxLength={14}
      value={line[field] === null || line[field] === undefined ? '' : centsField(line[field])}
      version={line.version}
      onSave={(typed, version) => {
        if (typed === '' && field === 'unitCostCents') return save({ unitCostCents: null }, version);
        const cents = parseCents(typed === '' && field === 'discountCents' ? '0' : typed);
        return cents === null ? Promise.resolve({ error: t('services.need.amount') }) : save({ [field]: cents }, version);
      }}
    />
  );
  const number = (field: 'hours' | 'quantity', places: number) => (
    <SavingInput
      label={t(`services.line.${field}`)}
      inputMode="decimal"
      maxLength={10}
      value={line[field] ?? ''}
      version={line.version}
      onSave={(typed, version) => {
        const exact = parseExact(typed, places);
        return exact === null ? Promise.resolve({ error: t('services.need.number') }) : save({ [field]: exact }, version);
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
        {isLabor ? number('hours', 2) : number('quantity', 3)}
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

/** An amount off and why: they are saved together, one is nothing without the other. */
function Discount({ line, save }: { line: WorkLine; save: (patch: LinePatch, version?: number) => Promise<SaveResult> }) {
  const [waiting, setWaiting] = useState<number | null>(null);
  const cents = line.discountCents ?? 0;
  const isAsked = waiting !== null || cents > 0;
  const isWaiting = waiting !== null;
  const why = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isWaiting) why.current?.querySelector('input')?.focus();
  }, [isWaiting]);
  return (
    <>
      <SavingInput
        label={t('services.line.discountCents')}
        hint={isWaiting ? t('services.line.discount.waits') : undefined}
        inputMode="decimal"
        maxLength={14}
        value={waiting !== null ? centsField(waiting) : cents > 0 ? centsField(cents) : ''}
        version={line.version}
        onSave={async (typed, version) => {
          const amount = parseCents(typed || '0');
          if (amount === null) return { error: t('services.need.amount') };
          if (amount > 0 && !line.discountReason) {
            setWaiting(amount);
            // Nothing is saved yet, and nothing says so.
            return 'asked';
          }
          setWaiting(null);
          return save({ discountCents: amount }, version);
        }}
      />
      {isAsked ? (
        <div ref={why}>
          <SavingInput
            label={t('services.line.discountReason')}
            maxLength={200}
            value={line.discountReason ?? ''}
            version={line.version}
            onSave={async (typed, version) => {
              const result = await save({ discountReason: typed || null, ...(waiting === null ? {} : { discountCents: waiting }) }, version);
              if (result === 'asked' || 'version' in result) setWaiting(null);
              return result;
            }}
          />
        </div>
      ) : null}
    </>
  );
}
