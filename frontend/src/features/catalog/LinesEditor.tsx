import { Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '@/components/ui/Button';
import { Field } from '@/components/ui/Field';
import { IconButton } from '@/components/ui/IconButton';
import { Input } from '@/components/ui/Input';
import { Select } from '@/components/ui/Select';
import '@/i18n/late/catalog';
import type { WordKey } from '@/i18n/en';
import { t } from '@/i18n/t';
import { LINE_KINDS } from '@/lib/line-kinds';
import type { TaxClass } from '@/types';
import type { LineDraft } from './job-draft';
import { newLine, withKind } from './job-draft';

const TAXES: readonly TaxClass[] = ['labor', 'parts', 'fees', 'exempt'];

interface LinesEditorProps {
  lines: readonly LineDraft[];
  /** The names of the labor rates, the default one aside. */
  rates: readonly string[];
  error: string | undefined;
  onChange: (lines: LineDraft[]) => void;
}

/** The lines of a canned job, typed one below the other. */
export function LinesEditor({ lines, rates, error, onChange }: LinesEditorProps) {
  const set = (key: string, changed: Partial<LineDraft>): void => onChange(lines.map((line) => (line.key === key ? { ...line, ...changed } : line)));
  return (
    <fieldset className="flex min-w-0 flex-col gap-3">
      <legend className="mb-2 font-semibold">{t('canned.lines')}</legend>
      {lines.map((line, index) => {
        const isLabor = line.kind === 'labor';
        const text = (field: 'name' | 'count' | 'price' | 'cost', word: WordKey, hint?: string) => (
          <Field label={t(word)} hint={hint}>
            {(control) => (
              <Input
                {...control}
                inputMode={field === 'name' ? 'text' : 'decimal'}
                autoComplete="off"
                maxLength={field === 'name' ? 120 : 14}
                value={line[field]}
                onChange={(event) => set(line.key, { [field]: event.target.value })}
              />
            )}
          </Field>
        );
        const choice = <T extends string>(word: WordKey, value: T, values: readonly [T, string][], choose: (value: T) => void): ReactNode => (
          <Field label={t(word)}>
            {(control) => (
              <Select {...control} value={value} onChange={(event) => choose(event.target.value as T)}>
                {values.map(([key, words]) => (
                  <option key={key} value={key}>
                    {words}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        );
        return (
          <div key={line.key} role="group" aria-label={t('canned.line', { place: index + 1 })} className="flex flex-col gap-3 rounded-control bg-sunken p-3">
            <div className="flex items-end gap-2">
              <div className="min-w-0 flex-1">{text('name', 'canned.line.name')}</div>
              <IconButton icon={X} label={t('canned.line.remove', { place: index + 1 })} onClick={() => onChange(lines.filter((one) => one.key !== line.key))} />
            </div>
            <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
              {choice('canned.line.kind', line.kind, LINE_KINDS.map((kind) => [kind, t(`canned.kind.${kind}`)]), (kind) => set(line.key, withKind(line, kind)))}
              {text('count', isLabor ? 'canned.line.hours' : 'canned.line.quantity')}
              {text('price', isLabor ? 'canned.line.hourPrice' : 'canned.line.price', isLabor ? t('canned.line.byRate') : undefined)}
              {isLabor && rates.length > 0 && line.price.trim() === ''
                ? choice('canned.line.rate', line.rate, [['', t('canned.line.rate.default')], ...rates.map((name): [string, string] => [name, name])], (rate) => set(line.key, { rate }))
                : null}
              {line.kind === 'part' ? text('cost', 'canned.line.cost') : null}
              {choice('canned.line.tax', line.taxClass, TAXES.map((one) => [one, t(`canned.tax.${one}`)]), (taxClass) => set(line.key, { taxClass }))}
            </div>
          </div>
        );
      })}
      {error ? (
        <p role="alert" className="font-medium text-danger">
          {error}
        </p>
      ) : null}
      <div>
        <Button size="sm" icon={<Plus size={14} aria-hidden />} onClick={() => onChange([...lines, newLine('part')])}>
          {t('canned.line.add')}
        </Button>
      </div>
    </fieldset>
  );
}
