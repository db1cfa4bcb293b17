import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { Select } from '@/components/ui/Select';
import { Toggle } from '@/components/ui/Toggle';
import '@/i18n/late/inspections';
import type { WordKey } from '@/i18n/en';
import { t } from '@/i18n/t';
import type { CatalogJob } from '@/types';
import type { Limit, PointDraft } from './template-draft';
import { LIMITS, wrongOf } from './template-draft';

interface PointFieldsProps {
  point: PointDraft;
  jobs: readonly CatalogJob[];
  /** The field that a save was refused for. */
  lack: 'label' | 'unit' | Limit | null;
  onChange: (changed: Partial<PointDraft>) => void;
}

/** Everything that a point says and asks. */
export function PointFields({ point, jobs, lack, onChange }: PointFieldsProps) {
  const wrong = wrongOf(point);
  const text = (field: 'label' | 'section' | 'help' | 'unit' | Limit, word: WordKey, most: number, isNumber = false) => (
    <Field label={t(word)} error={lack === field && wrong ? t(`point.need.${wrong}`) : undefined}>
      {(control) => (
        <Input
          {...control}
          name={field}
          aria-invalid={lack === field || undefined}
          autoComplete="off"
          inputMode={isNumber ? 'decimal' : 'text'}
          maxLength={most}
          value={point[field]}
          onChange={(event) => onChange({ [field]: event.target.value })}
        />
      )}
    </Field>
  );
  return (
    <div className="mt-2 flex flex-col gap-3 border-t border-line pt-3">
      <div className="grid gap-3 sm:grid-cols-[2fr_1fr]">
        {text('label', 'point.label', 120)}
        {text('section', 'point.section', 120)}
      </div>
      {text('help', 'point.help', 500)}
      <div className="flex flex-wrap gap-x-6 gap-y-2">
        <Toggle isOn={point.needsPhoto} label={t('point.needsPhoto')} onChange={(needsPhoto) => onChange({ needsPhoto })} />
        <Toggle isOn={point.hasReading} label={t('point.hasReading')} onChange={(hasReading) => onChange({ hasReading })} />
      </div>
      {point.hasReading ? (
        <div className="grid grid-cols-2 gap-3 sm:grid-cols-5">
          {text('unit', 'point.unit', 40)}
          {LIMITS.map((limit) => (
            <div key={limit}>{text(limit, `point.${limit}`, 10, true)}</div>
          ))}
        </div>
      ) : null}
      <Field label={t('point.catalog')}>
        {(control) => (
          <Select {...control} value={point.catalogId ?? ''} onChange={(event) => onChange({ catalogId: event.target.value || null })}>
            <option value="">{t('point.catalog.none')}</option>
            {jobs.map((job) => (
              <option key={job.id} value={job.id}>
                {job.name}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </div>
  );
}
