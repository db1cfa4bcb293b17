import { clsx } from 'clsx';
import { useEffect, useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { Select } from '@/components/ui/Select';
import '@/i18n/late/audit';
import { t } from '@/i18n/t';
import { useRested } from '@/lib/debounce';
import type { ShopLocation } from '@/types';
import { ACTIONS, ENTITIES } from './kinds';
import type { AuditFilter } from './queries';
import { actionWords, kindWords } from './row-words';

interface AuditFiltersProps {
  filter: AuditFilter;
  locations: readonly ShopLocation[];
  onChange: (changes: Partial<AuditFilter>) => void;
  onClear: () => void;
}

/** Who, what, about what, when and where. */
export function AuditFilters({ filter, locations, onChange, onClear }: AuditFiltersProps) {
  const set = Object.entries(filter).filter(([, value]) => value !== null);
  const isNarrow = set.length > 0;
  // On a phone the fields beside the name are behind a button: the log itself begins on the first screen.
  const [isOpen, setOpen] = useState(() => set.some(([field]) => field !== 'who' && field !== 'entityId'));
  const folded = isOpen ? '' : 'max-sm:hidden';
  return (
    <form role="search" aria-label={t('audit.filters')} className="flex flex-wrap items-end gap-3 px-4 py-3 sm:px-6" onSubmit={(event) => event.preventDefault()}>
      {/* Cleared from outside, the field begins anew. */}
      <Who key={filter.who === null ? 'none' : 'some'} value={filter.who ?? ''} onChange={(who) => onChange({ who: who || null })} />
      <span className="sm:hidden">
        <Button aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {t('audit.filter.more')}
        </Button>
      </span>
      <span className={clsx('min-w-36 flex-1 sm:w-52 sm:flex-none', folded)}>
        <Field label={t('audit.filter.what')}>
          {(control) => (
            <Select {...control} value={filter.action ?? ''} onChange={(event) => onChange({ action: event.target.value || null })}>
              <option value="">{t('audit.filter.anything')}</option>
              {ACTIONS.map((one) => (
                <option key={one} value={one}>
                  {actionWords(one)}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </span>
      <span className={clsx('min-w-36 flex-1 sm:w-40 sm:flex-none', folded)}>
        <Field label={t('audit.filter.about')}>
          {(control) => (
            <Select {...control} value={filter.entity ?? ''} onChange={(event) => onChange({ entity: event.target.value || null, entityId: null })}>
              <option value="">{t('audit.filter.all')}</option>
              {ENTITIES.map((one) => (
                <option key={one} value={one}>
                  {kindWords(one)}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </span>
      {(['from', 'to'] as const).map((end) => (
        <span key={end} className={clsx('min-w-36 flex-1 sm:flex-none', folded)}>
          <Field label={t(`audit.filter.${end}`)}>
            {(control) => <Input {...control} type="date" value={filter[end] ?? ''} onChange={(event) => onChange({ [end]: event.target.value || null })} />}
          </Field>
        </span>
      ))}
      {locations.length > 1 ? (
        <span className={clsx('w-full sm:w-44', folded)}>
          <Field label={t('audit.filter.where')}>
            {(control) => (
              <Select {...control} value={filter.locationId ?? ''} onChange={(event) => onChange({ locationId: event.target.value || null })}>
                <option value="">{t('audit.filter.everywhere')}</option>
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
      {isNarrow ? <Button onClick={onClear}>{t('action.clear')}</Button> : null}
    </form>
  );
}

function Who({ value, onChange }: { value: string; onChange: (who: string) => void }) {
  const [text, setText] = useState(value);
  const rested = useRested(text, 250).trim();
  useEffect(() => {
    if (rested !== value) onChange(rested);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only what was typed is told; what the address says is where it began
  }, [rested]);
  return (
    <span className="min-w-36 flex-1 sm:w-48 sm:flex-none">
      <Field label={t('audit.filter.who')}>
        {(control) => <Input {...control} data-search type="search" autoComplete="off" value={text} onChange={(event) => setText(event.target.value)} />}
      </Field>
    </span>
  );
}
