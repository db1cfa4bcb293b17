import { useQuery } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { ErrorState } from '@/components/ui/ErrorState';
import { Field } from '@/components/ui/Field';
import { IconButton } from '@/components/ui/IconButton';
import { Input } from '@/components/ui/Input';
import { Select } from '@/components/ui/Select';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { useShopLocation } from '@/contexts/LocationContext';
import '@/i18n/late/catalog';
import type { WordKey } from '@/i18n/en';
import { t } from '@/i18n/t';
import { centsFault, exactFault } from '@/lib/amount-words';
import { centsField, HOURS, parseCents, parseExact } from '@/lib/amounts';
import { catalogQueries } from '@/lib/data/catalog';
import type { LaborRate, Rates } from '@/types';
import { useRatesForm } from './useRatesForm';

interface RowDraft {
  key: string;
  name: string;
  from: string;
  price: string;
}

let nextKey = 0;
const rowOf = (rate: LaborRate | null): RowDraft => {
  nextKey += 1;
  return { key: `rate-${nextKey}`, name: rate?.name ?? '', from: rate?.fromHours ?? '0', price: rate ? centsField(rate.hourCents) : '' };
};

/** A location's labor rate matrix. */
export function LaborRates() {
  const { location } = useShopLocation();
  const { data, error, refetch } = useQuery(catalogQueries.rates(location.id));
  const [round, setRound] = useState(0);
  if (data) return <Form key={`${location.id} ${data.version} ${round}`} rates={data} place={location.name} onDone={() => setRound((count) => count + 1)} />;
  return error ? (
    <ErrorState error={error} onRetry={() => void refetch()} />
  ) : (
    <div className="p-4">
      <SkeletonLines lines={6} label={t('rates.loading')} />
    </div>
  );
}

function Form({ rates, place, onDone }: { rates: Rates; place: string; onDone: () => void }) {
  const [rows, setRows] = useState(() => rates.laborRates.map(rowOf));
  const [standard, setStandard] = useState(rates.laborRates.find((rate) => rate.isDefault)?.name ?? '');
  const { save, error, setError, isPending, sheet } = useRatesForm(rates.locationId, t('rates.saved'), onDone);
  const set = (key: string, changes: Partial<RowDraft>): void => setRows((all) => all.map((row) => (row.key === key ? { ...row, ...changes } : row)));

  const names = [...new Set(rows.map((row) => row.name.trim()).filter(Boolean))];

  const faultOf = (row: RowDraft, index: number): string | undefined => {
    const faults: [WordKey, string | undefined][] = [['rates.from', exactFault(row.from, HOURS)], ['rates.hour', centsFault(row.price)]];
    const [field, fault] = faults.find(([, one]) => one) ?? [];
    return field && fault ? [t('rates.row', { place: index + 1, field: t(field) }), fault].join('. ') : undefined;
  };
  const submit = (): void => {
    const read = rows.map((row): LaborRate | null => {
      const fromHours = parseExact(row.from, HOURS);
      const hourCents = parseCents(row.price);
      const name = row.name.trim();
      return name && fromHours !== null && hourCents !== null ? { name, fromHours, hourCents, isDefault: name === standard } : null;
    });
    const laborRates = read.filter((row) => row !== null);
    if (laborRates.length < rows.length) setError(rows.map(faultOf).find(Boolean) ?? t('rates.need'));
    else save({ laborRates }, rates.version);
  };
  const text = (row: RowDraft, index: number, field: 'name' | 'from' | 'price', word: WordKey) => (
    <Input
      aria-label={t('rates.row', { place: index + 1, field: t(word) })}
      inputMode={field === 'name' ? 'text' : 'decimal'}
      autoComplete="off"
      maxLength={field === 'name' ? 40 : 12}
      value={row[field]}
      onChange={(event) => {
        // The default one keeps being it under another name.
        if (field === 'name' && row.name.trim() === standard && rows.filter((one) => one.name === row.name).length === 1) setStandard(event.target.value.trim());
        set(row.key, { [field]: event.target.value });
      }}
    />
  );
  return (
    <form
      noValidate
      className="flex max-w-3xl flex-col gap-4 px-4 py-4 sm:px-6"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <p className="text-muted">{t('rates.lead', { location: place })}</p>
      {rows.length === 0 ? (
        <p>{t('rates.empty')}</p>
      ) : (
        <table className="w-full border-separate border-spacing-y-2" aria-label={t('rates.list')}>
          <thead className="text-left text-xs text-muted">
            <tr>
              {(['rates.name', 'rates.from', 'rates.hour'] as const).map((word) => (
                <th key={word} scope="col" className="pr-2 font-medium">
                  {t(word)}
                </th>
              ))}
              <th scope="col">
                <span className="sr-only">{t('catalog.column.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={row.key}>
                <td className="pr-2">{text(row, index, 'name', 'rates.name')}</td>
                <td className="w-24 pr-2">{text(row, index, 'from', 'rates.from')}</td>
                <td className="w-32 pr-2">{text(row, index, 'price', 'rates.hour')}</td>
                <td className="w-11">
                  <IconButton icon={X} label={t('rates.remove', { place: index + 1 })} onClick={() => setRows((all) => all.filter((one) => one.key !== row.key))} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {names.length > 0 ? (
        <div className="max-w-64">
          <Field label={t('rates.default')} hint={t('rates.default.hint')}>
            {(control) => (
              <Select {...control} value={standard} onChange={(event) => setStandard(event.target.value)}>
                {names.includes(standard) ? null : <option value={standard}>{t('rates.default.choose')}</option>}
                {names.map((name) => (
                  <option key={name} value={name}>
                    {name}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </div>
      ) : null}
      {error ? (
        <p role="alert" className="font-medium text-danger">
          {error}
        </p>
      ) : null}
      <p className="text-xs text-muted">{t('catalog.keeps')}</p>
      <div className="flex flex-wrap gap-2">
        <Button icon={<Plus size={16} aria-hidden />} onClick={() => setRows((all) => [...all, rowOf(null)])}>
          {t('rates.add')}
        </Button>
        <Button type="submit" tone="primary" isPending={isPending} pendingLabel={t('action.saving')}>
          {t('rates.save')}
        </Button>
      </div>
      {sheet}
    </form>
  );
}
