import { clsx } from 'clsx';
import { useId } from 'react';
import { t } from '@/i18n/t';
import type { Customer } from '@/types';
import { fieldWord, valueWords } from './field-words';
import type { Choices, Side } from './merge';
import { chosenSide, differingFields } from './merge';
import type { CustomerField } from './mutations';
import { CUSTOMER_FIELDS } from './mutations';

interface MergeTableProps {
  kept: Customer;
  other: Customer;
  choices: Choices;
  onChoose: (field: CustomerField, side: Side) => void;
}

/** The two records side by side. Where they differ, one value is chosen; where they agree there is nothing to do. */
export function MergeTable({ kept, other, choices, onChoose }: MergeTableProps) {
  const id = useId();
  const differing = differingFields(kept, other);
  return (
    <div className="flex flex-col gap-3">
      <div className="grid grid-cols-2 gap-2 sm:grid-cols-[6rem_minmax(0,1fr)_minmax(0,1fr)]">
        <span className="hidden sm:block" />
        {[kept, other].map((one, index) => (
          <div key={one.id} className="min-w-0 px-3">
            <p className="text-xs font-medium text-muted">{t(index === 0 ? 'merge.keep' : 'merge.take')}</p>
            <p className="truncate text-base font-semibold">{one.name}</p>
            <p className="truncate text-xs text-muted">
              {[
                t('merge.vehicles', { count: one.vehicles.length }),
                t('merge.visits', { count: one.visitCount }),
              ].join(', ')}
            </p>
          </div>
        ))}
      </div>
      {CUSTOMER_FIELDS.filter((field) => kept[field] || other[field]).map((field) => {
        const isChoice = differing.includes(field);
        const chosen = chosenSide(choices, field, kept);
        return (
          <div
            key={field}
            role={isChoice ? 'radiogroup' : 'group'}
            aria-labelledby={`${id}-${field}`}
            className="grid grid-cols-2 gap-2 sm:grid-cols-[6rem_minmax(0,1fr)_minmax(0,1fr)]"
          >
            <span id={`${id}-${field}`} className="col-span-2 text-xs font-medium text-muted sm:col-span-1 sm:pt-3">
              {fieldWord(field)}
            </span>
            {(['keep', 'take'] as const).map((side) => {
              const words = valueWords(field, (side === 'keep' ? kept : other)[field]);
              const text = <span className="min-w-0 [overflow-wrap:anywhere] whitespace-pre-wrap">{words || t('conflict.empty')}</span>;
              if (!isChoice) {
                return (
                  <span key={side} className="px-3 py-2.5">
                    {text}
                  </span>
                );
              }
              return (
                <label
                  key={side}
                  className={clsx(
                    'flex min-h-11 cursor-pointer items-start gap-2.5 rounded-control border px-3 py-2.5 hover:bg-hover',
                    'has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus',
                    chosen === side ? 'border-primary bg-info-soft' : 'border-line-strong',
                    !words && 'text-muted',
                  )}
                >
                  <input
                    type="radio"
                    name={`${id}-${field}`}
                    className="mt-0.5 size-4 shrink-0 accent-primary outline-none"
                    checked={chosen === side}
                    // A customer always has a name; empty values can be chosen in the other fields.
                    onChange={() => onChoose(field, side)}
                  />
                  {text}
                </label>
              );
            })}
          </div>
        );
      })}
    </div>
  );
}
