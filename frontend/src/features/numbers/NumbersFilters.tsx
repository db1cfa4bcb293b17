import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { Select } from '@/components/ui/Select';
import { useShopLocation } from '@/contexts/LocationContext';
import '@/i18n/late/numbers';
import { t } from '@/i18n/t';
import { shopQueries } from '@/lib/data/shop';
import { formatDays } from '@/lib/time';
import type { ParamChanges } from '@/lib/url-state';
import type { DayRange } from './range';
import { PRESETS, rangeFault } from './range';

interface NumbersFiltersProps {
  range: DayRange;
  /** The location's. */
  today: string;
  techId: string | null;
  isEverywhere: boolean;
  onChange: (changes: ParamChanges) => void;
}

export const EVERYWHERE = 'all';

/** Days, location and technician; kept in the address. */
export function NumbersFilters({ range, today, techId, isEverywhere, onChange }: NumbersFiltersProps) {
  const { location, locations } = useShopLocation();
  const { data: technicians = [] } = useQuery(shopQueries.technicians(location.id));
  const [isCustom, setCustom] = useState(range.preset === 'custom');
  const [draft, setDraft] = useState({ from: range.from, to: range.to });
  const fault = isCustom ? rangeFault(draft.from, draft.to) : null;

  const onPreset = (preset: string): void => {
    setCustom(preset === 'custom');
    if (preset === 'custom') setDraft({ from: range.from, to: range.to });
    else onChange({ days: preset === 'today' ? null : preset, from: null, to: null });
  };
  // What is open belongs to a place, and so do its technicians.
  const onPlace = (place: string): void =>
    onChange(place === EVERYWHERE ? { where: EVERYWHERE, tech: null } : { location: place, where: null, tech: null, open: null, tab: null });
  const onDay = (changes: Partial<typeof draft>): void => {
    const next = { ...draft, ...changes };
    setDraft(next);
    if (next.from && next.to && rangeFault(next.from, next.to) === null) onChange({ days: null, ...next });
  };

  return (
    <div role="group" aria-label={t('numbers.filters')} className="grid grid-cols-2 gap-2 sm:flex sm:flex-wrap sm:items-end">
      <span className="sm:w-44">
        <Field label={t('numbers.days')}>
          {(control) => (
            <Select {...control} value={isCustom ? 'custom' : range.preset} onChange={(event) => onPreset(event.target.value)}>
              {PRESETS.map((one) => (
                <option key={one} value={one}>
                  {t(`numbers.days.${one}`)}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </span>
      {isCustom ? (
        <>
          <Field label={t('numbers.from')}>
            {(control) => <Input {...control} type="date" value={draft.from} onChange={(event) => onDay({ from: event.target.value })} />}
          </Field>
          <Field label={t('numbers.to')} error={fault === null ? undefined : `${t(fault)} ${t('numbers.stillOf', { days: formatDays(range.from, range.to, today) })}`}>
            {(control) => <Input {...control} type="date" value={draft.to} onChange={(event) => onDay({ to: event.target.value })} />}
          </Field>
        </>
      ) : null}
      {locations.length > 1 ? (
        <span className="sm:w-60">
          <Field label={t('numbers.location')}>
            {(control) => (
              <Select {...control} value={isEverywhere ? EVERYWHERE : location.id} onChange={(event) => onPlace(event.target.value)}>
                <option value={EVERYWHERE}>{t('numbers.location.all')}</option>
                {locations.map((one) => (
                  <option key={one.id} value={one.id}>
                    {one.name}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </span>
      ) : null}
      <span className="sm:w-44">
        <Field label={t('numbers.tech')}>
          {(control) => (
            <Select {...control} disabled={isEverywhere} value={techId ?? ''} onChange={(event) => onChange({ tech: event.target.value || null })}>
              <option value="">{t('numbers.tech.all')}</option>
              {technicians.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </span>
    </div>
  );
}
