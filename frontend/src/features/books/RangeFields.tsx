import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { Select } from '@/components/ui/Select';
import type { WordKey } from '@/i18n/en';
import { t } from '@/i18n/t';
import { isDate } from '@/lib/time';
import { useUrlState } from '@/lib/url-state';
import type { Range } from './queries';
import type { Preset } from './range';
import { PRESETS, presetOf, rangeOf, readRange } from './range';
import { useToday } from './useToday';

const WORDS: Record<Preset, WordKey> = { month: 'range.month', lastMonth: 'range.lastMonth', quarter: 'range.quarter', year: 'range.year' };

/** The days that the address names; the same on every part of the books. */
export function useRange(): Range {
  return readRange(useUrlState().params, useToday());
}

/** Chooses a range: a usual one, or any two days. */
export function RangeFields() {
  const today = useToday();
  const range = useRange();
  const { set } = useUrlState();
  const preset = presetOf(range, today);
  const choose = ({ from, to }: Range): void => set({ from, to });
  const change = (end: keyof Range, day: string): void => {
    if (!isDate(day)) return;
    const next = { ...range, [end]: day };
    // The other end comes along, so that a range is never turned around.
    choose(next.from <= next.to ? next : { from: day, to: day });
  };
  return (
    <div className="flex flex-wrap items-end gap-3" role="group" aria-label={t('range.label')} data-no-print>
      <div className="w-40">
        <Field label={t('range.label')}>
          {(control) => (
            <Select
              {...control}
              value={preset ?? 'custom'}
              onChange={(event) => {
                const chosen = PRESETS.find((one) => one === event.target.value);
                if (chosen) choose(rangeOf(chosen, today));
              }}
            >
              {PRESETS.map((one) => (
                <option key={one} value={one}>
                  {t(WORDS[one])}
                </option>
              ))}
              <option value="custom" disabled>
                {t('range.custom')}
              </option>
            </Select>
          )}
        </Field>
      </div>
      {(['from', 'to'] as const).map((end) => (
        <div key={end} className="w-40">
          <Field label={t(`range.${end}`)}>
            {(control) => <Input {...control} type="date" value={range[end]} onChange={(event) => change(end, event.target.value)} />}
          </Field>
        </div>
      ))}
    </div>
  );
}
