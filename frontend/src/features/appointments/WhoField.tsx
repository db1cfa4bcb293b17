import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button } from '@/components/ui/Button';
import { Combobox } from '@/components/ui/Combobox';
import { Field } from '@/components/ui/Field';
import { t } from '@/i18n/t';
import { customerSearch } from '@/lib/data/customers';
import { useRested } from '@/lib/debounce';
import { formatPhone } from '@/lib/phone';
import { CustomerChoice } from './CustomerChoice';
import type { Who } from './who';
import { looksLikePlate } from './who';

interface WhoFieldProps {
  who: Who;
  error: string | undefined;
  onChange: (who: Who) => void;
}

/** One field for everything people say at the counter: a name, the phone's last digits, a plate. */
export function WhoField({ who, error, onChange }: WhoFieldProps) {
  const text = who.kind === 'typed' ? who.text : '';
  const rested = useRested(text);
  const { data: found = [] } = useQuery({ ...customerSearch(rested), placeholderData: keepPreviousData });

  if (who.kind === 'known') {
    const { customer } = who;
    return (
      <div className="flex items-center justify-between gap-3 rounded-control border border-line bg-sunken px-3 py-2">
        <span className="min-w-0">
          <span className="block truncate font-medium">{customer.name}</span>
          <span className="tabular block text-muted">{formatPhone(customer.phone)}</span>
        </span>
        <Button size="sm" onClick={() => onChange({ kind: 'typed', text: '', as: 'name' })}>
          {t('new.who.change')}
        </Button>
      </div>
    );
  }
  return (
    <Field label={t('new.who')} error={error} hint={text.trim() ? undefined : t('new.who.hint')}>
      {(control) => (
        <Combobox
          {...control}
          isFirst
          value={text}
          onType={(typed) => onChange({ kind: 'typed', text: typed, as: looksLikePlate(typed) ? 'plate' : 'name' })}
          choices={
            rested.trim().length < 2
              ? []
              : found.map((one) => ({ id: one.id, label: one.name, content: <CustomerChoice customer={one} /> }))
          }
          onChoose={(choice) => {
            const customer = found.find((one) => one.id === choice.id);
            if (customer) onChange({ kind: 'known', customer });
          }}
        />
      )}
    </Field>
  );
}

/** What the typed text is taken for, and the way to say that it is the other. */
export function WhoGuess({ who, onChange }: Pick<WhoFieldProps, 'who' | 'onChange'>) {
  const text = who.kind === 'typed' ? who.text.trim() : '';
  if (who.kind === 'known' || text.length < 2) return null;
  const isPlate = who.as === 'plate';
  return (
    <p className="flex flex-wrap items-center gap-x-2 text-xs text-muted">
      {t(isPlate ? 'new.who.asPlate' : 'new.who.asName', { text: isPlate ? text.toUpperCase() : text })}
      <button
        type="button"
        onClick={() => onChange({ ...who, as: isPlate ? 'name' : 'plate' })}
        className="rounded-chip font-medium text-primary hover:underline pointer-coarse:min-h-11"
      >
        {t(isPlate ? 'new.who.useName' : 'new.who.usePlate')}
      </button>
    </p>
  );
}
