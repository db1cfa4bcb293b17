import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useRef, useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { ErrorState } from '@/components/ui/ErrorState';
import { SkeletonLines } from '@/components/ui/Skeleton';
import { toast } from '@/components/ui/toast-store';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import type { Customer, CustomerListItem } from '@/types';
import { CustomerPicker } from './CustomerPicker';
import { fieldWord, valueWords } from './field-words';
import type { Choices } from './merge';
import { chosenSide, differingFields, lostFields } from './merge';
import { MergeTable } from './MergeTable';
import { useMergeCustomers } from './mutations';
import { customerQueries } from './queries';

interface MergeDialogProps {
  /** The record that stays. */
  customer: Customer;
  /** The record that goes into it; null lets one choose. */
  duplicateId: string | null;
  onClose: () => void;
}

/** Two records of one person become one: compare, choose field by field, read what moves, confirm. */
export function MergeDialog({ customer, duplicateId, onClose }: MergeDialogProps) {
  const id = useId();
  const [picked, setPicked] = useState<CustomerListItem | null>(null);
  const [choices, setChoices] = useState<Choices>({});
  const otherId = duplicateId ?? picked?.id ?? null;
  const other = useQuery({ ...customerQueries.one(otherId ?? ''), enabled: otherId !== null });
  const merge = useMergeCustomers(customer.id);
  const content = useRef<HTMLDivElement>(null);

  // What was pressed to get from one step to the next is gone; the keyboard goes on in the new one.
  useEffect(() => {
    const field = otherId === null ? content.current?.querySelector('input') : content.current;
    field?.focus({ preventScroll: true });
  }, [otherId]);

  const confirm = (duplicate: Customer): void => {
    const fields = Object.fromEntries(
      differingFields(customer, duplicate).map((field) => [field, chosenSide(choices, field, customer)]),
    );
    merge.mutate(
      { duplicateId: duplicate.id, fields },
      {
        onSuccess: (merged) => {
          toast({ tone: 'success', title: t('merge.done', { name: merged.name }) });
          onClose();
        },
      },
    );
  };

  return (
    <Dialog
      title={t('merge.title')}
      size="lg"
      onClose={onClose}
      footer={
        <>
          {picked && duplicateId === null ? (
            <span className="mr-auto">
              <Button tone="ghost" onClick={() => setPicked(null)}>
                {t('merge.other')}
              </Button>
            </span>
          ) : null}
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          {other.data && otherId ? (
            <Button
              tone="primary"
              aria-describedby={`${id}-what`}
              isPending={merge.isPending}
              pendingLabel={t('merge.pending')}
              onClick={() => confirm(other.data)}
            >
              {t('merge.save', { name: chosenSide(choices, 'name', customer) === 'take' ? other.data.name : customer.name })}
            </Button>
          ) : null}
        </>
      }
    >
      <div ref={content} tabIndex={-1} className="min-h-80">
        {otherId === null ? (
          <CustomerPicker label={t('merge.find')} exceptId={customer.id} chosen={picked} onChoose={setPicked} />
        ) : other.isPending ? (
          <SkeletonLines lines={7} label={t('customer.loading')} />
        ) : !other.data ? (
          <ErrorState error={other.error} onRetry={() => void other.refetch()} />
        ) : (
          <div className="flex flex-col gap-4">
            <p className="text-muted">{t('merge.lead')}</p>
            <MergeTable kept={customer} other={other.data} choices={choices} onChoose={(field, side) => setChoices({ ...choices, [field]: side })} />
            <Consequences id={`${id}-what`} kept={customer} other={other.data} choices={choices} />
            {merge.error ? (
              <p role="alert" className="rounded-control bg-danger-soft px-3 py-2 font-medium text-danger">
                {errorWords(merge.error)}
              </p>
            ) : null}
          </div>
        )}
      </div>
    </Dialog>
  );
}

function Consequences({ id, kept, other, choices }: { id: string; kept: Customer; other: Customer; choices: Choices }) {
  const lost = lostFields(choices, kept, other);
  const movesNothing = other.vehicles.length === 0 && other.visitCount === 0;
  const moves = t('merge.moves', {
    vehicles: t('merge.vehicles', { count: other.vehicles.length }),
    visits: t('merge.visits', { count: other.visitCount }),
    name: other.name,
    target: kept.name,
  });
  return (
    <section id={id} className="rounded-control bg-sunken px-4 py-3">
      <h3 className="mb-1 font-semibold">{t('merge.what')}</h3>
      <ul className="flex list-disc flex-col gap-0.5 pl-5">
        <li>
          {movesNothing ? t('merge.nothing', { name: other.name }) : `${moves} ${t('merge.more')}`}
        </li>
        {lost.length > 0 ? (
          <li>
            {t('merge.loses', {
              fields: lost
                .map((field) => `${fieldWord(field)} “${valueWords(field, (chosenSide(choices, field, kept) === 'keep' ? other : kept)[field])}”`)
                .join(', '),
            })}
          </li>
        ) : null}
        <li>{t('merge.final')}</li>
      </ul>
    </section>
  );
}
