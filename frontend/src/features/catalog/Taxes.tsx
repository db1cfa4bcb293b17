import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { ErrorState } from '@/components/ui/ErrorState';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { useShopLocation } from '@/contexts/LocationContext';
import '@/i18n/late/catalog';
import { t } from '@/i18n/t';
import type { ExactLimits } from '@/lib/amounts';
import { parseExact, percentText, shiftPoint } from '@/lib/amounts';
import { catalogQueries } from '@/lib/data/catalog';
import type { Rates } from '@/types';
import { useRatesForm } from './useRatesForm';

const RATE: ExactLimits = { places: 5, most: 100 };
const CLASSES = ['labor', 'parts', 'fees'] as const;

/** What a location's tax takes from labor, parts and fees. */
export function Taxes() {
  const { location } = useShopLocation();
  const { data, error, refetch } = useQuery(catalogQueries.rates(location.id));
  const [round, setRound] = useState(0);
  if (data) return <Form key={`${location.id} ${data.version} ${round}`} rates={data} place={location.name} onDone={() => setRound((count) => count + 1)} />;
  return error ? (
    <ErrorState error={error} onRetry={() => void refetch()} />
  ) : (
    <div className="p-4">
      <SkeletonLines lines={4} label={t('rates.loading')} />
    </div>
  );
}

function Form({ rates, place, onDone }: { rates: Rates; place: string; onDone: () => void }) {
  const [draft, setDraft] = useState<Record<string, string>>(() => Object.fromEntries(CLASSES.map((one) => [one, percentText(rates.taxRates[one] ?? '0')])));
  const [wrong, setWrong] = useState<readonly string[]>([]);
  const { save, error, isPending, sheet } = useRatesForm(rates.locationId, t('taxes.saved'), onDone);

  const submit = (): void => {
    const read = CLASSES.map((one) => [one, parseExact(draft[one] ?? '', RATE)] as const);
    const bad = read.filter(([, percent]) => percent === null).map(([one]) => one);
    setWrong(bad);
    if (bad.length === 0) save({ taxRates: Object.fromEntries(read.map(([one, percent]) => [one, shiftPoint(percent ?? '0', 2)])) }, rates.version);
  };
  return (
    <form
      noValidate
      className="flex max-w-md flex-col gap-4 px-4 py-4 sm:px-6"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <p className="text-muted">{t('taxes.lead', { location: place })}</p>
      {CLASSES.map((one) => (
        <Field key={one} label={t(`taxes.${one}`)} hint={t('taxes.hint')} error={wrong.includes(one) ? t('taxes.need') : undefined}>
          {(control) => (
            <Input
              {...control}
              inputMode="decimal"
              autoComplete="off"
              maxLength={9}
              value={draft[one] ?? ''}
              onChange={(event) => setDraft((before) => ({ ...before, [one]: event.target.value }))}
            />
          )}
        </Field>
      ))}
      <p className="text-xs text-muted">{[t('taxes.exempt'), t('catalog.keeps')].join(' ')}</p>
      {error ? (
        <p role="alert" className="font-medium text-danger">
          {error}
        </p>
      ) : null}
      <div>
        <Button type="submit" tone="primary" isPending={isPending} pendingLabel={t('action.saving')}>
          {t('taxes.save')}
        </Button>
      </div>
      {sheet}
    </form>
  );
}
