import { useQuery } from '@tanstack/react-query';
import type { ReactNode, SubmitEvent } from 'react';
import { Field } from '@/components/ui/Field';
import { Input, TextArea } from '@/components/ui/Input';
import { Select } from '@/components/ui/Select';
import { Toggle } from '@/components/ui/Toggle';
import { t } from '@/i18n/t';
import { shopQueries } from '@/lib/data/shop';
import { MINUTE, spanWords } from '@/lib/time';
import { FoldChoice } from './FoldChoice';
import { KEY_TAG_LENGTH } from './limits';
import type { NewDraft } from './new-draft';
import { LENGTHS, withCustomer } from './new-draft';
import { VehicleChoice } from './VehicleChoice';
import type { Who } from './who';
import { WhoField, WhoGuess } from './WhoField';

interface NewAppointmentFormProps {
  id: string;
  locationId: string;
  zone: string;
  draft: NewDraft;
  /** Messages of the server by field, and our own for what is missing. */
  errors: Record<string, string[]>;
  /** What the customer is asked about texts, which another feature draws. */
  consent: ReactNode;
  onChange: (draft: NewDraft) => void;
  onSubmit: () => void;
}

/** The one form for a walk-in and a booking: a name or a plate is enough, everything else can follow. */
export function NewAppointmentForm({ id, locationId, zone, draft, errors, consent, onChange, onSubmit }: NewAppointmentFormProps) {
  const { data: technicians = [] } = useQuery(shopQueries.technicians(locationId));
  const set = (changes: Partial<NewDraft>): void => onChange({ ...draft, ...changes });
  const known = draft.who.kind === 'known' ? draft.who.customer.vehicles : [];
  const lengths = LENGTHS.includes(draft.length) ? LENGTHS : [...LENGTHS, draft.length].sort((a, b) => a - b);

  const setWho = (who: Who): void => {
    if (who.kind === 'known') onChange(withCustomer(draft, who.customer));
    else set({ who, vehicleId: null, agrees: false });
  };

  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Ctrl-Enter sends from any field; the form itself is no control
    <form
      id={id}
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event: SubmitEvent<HTMLFormElement>) => {
        event.preventDefault();
        onSubmit();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
      }}
    >
      {/* Tab goes from who to their car; what corrects the guess stands under who but comes after both. */}
      <div className="flex flex-col gap-4">
        <div className="order-1">
          <WhoField
            who={draft.who}
            error={errors.who?.[0] ?? errors['customer.name']?.[0] ?? errors.customer?.[0] ?? errors.customerId?.[0]}
            onChange={setWho}
          />
        </div>
        {draft.who.kind === 'typed' && draft.who.as === 'name' && draft.who.text.trim() ? (
          <div className="order-3">
            <Field label={t('new.phone')} error={errors['customer.phone']?.[0]}>
              {(control) => (
                <Input
                  {...control}
                  type="tel"
                  inputMode="tel"
                  autoComplete="off"
                  value={draft.phone}
                  onChange={(event) => set({ phone: event.target.value, agrees: false })}
                />
              )}
            </Field>
          </div>
        ) : null}
        <div className="order-3 empty:hidden">{consent}</div>
        <div className="order-4 flex flex-col gap-4">
          <VehicleChoice
            known={known}
            draft={draft}
            hasPlate={draft.who.kind === 'typed' && draft.who.as === 'plate'}
            errors={errors}
            onChange={set}
          />
        </div>
        <div className="order-2 -mt-3 empty:hidden">
          <WhoGuess who={draft.who} onChange={setWho} />
        </div>
      </div>
      <Field label={t('new.about')} hint={t('new.about.hint')} error={errors.title?.[0]}>
        {(control) => (
          <Input {...control} value={draft.title} maxLength={200} autoComplete="off" onChange={(event) => set({ title: event.target.value })} />
        )}
      </Field>
      <div className="grid grid-cols-2 gap-3">
        <Field label={t('new.date')} error={errors.start?.[0]}>
          {(control) => (
            <Input
              {...control}
              type="date"
              value={draft.date}
              onChange={(event) => set({ date: event.target.value, isTimed: true })}
              className="px-2"
            />
          )}
        </Field>
        <Field label={t('new.time')} error={errors.time?.[0]}>
          {(control) => (
            <Input
              {...control}
              type="time"
              value={draft.time}
              onChange={(event) => set({ time: event.target.value, isTimed: true })}
              className="px-2 pointer-fine:[&::-webkit-calendar-picker-indicator]:hidden"
            />
          )}
        </Field>
        <Field label={t('new.length')} error={errors.end?.[0]}>
          {(control) => (
            <Select {...control} value={draft.length} onChange={(event) => set({ length: Number(event.target.value) })}>
              {lengths.map((minutes) => (
                <option key={minutes} value={minutes}>
                  {spanWords(minutes * MINUTE)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label={t('new.technician')} error={errors.techId?.[0]}>
          {(control) => (
            <Select {...control} value={draft.techId} onChange={(event) => set({ techId: event.target.value })}>
              <option value="">{t('card.unassigned')}</option>
              {technicians.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
      <FoldChoice
        label={t('new.time')}
        date={draft.date}
        time={draft.time}
        zone={zone}
        isLater={draft.isLater}
        onChange={(isLater) => set({ isLater, isTimed: true })}
      />
      <div className="flex flex-wrap gap-x-6 gap-y-1">
        <Toggle isOn={draft.checkIn} onChange={(checkIn) => set({ checkIn })} label={t('new.checkIn')} />
        <Toggle isOn={draft.isWaiting} onChange={(isWaiting) => set({ isWaiting })} label={t('new.waiting')} />
      </div>
      <MoreFields locationId={locationId} draft={draft} errors={errors} onChange={set} />
    </form>
  );
}

interface MoreFieldsProps extends Pick<NewAppointmentFormProps, 'locationId' | 'draft' | 'errors'> {
  onChange: (changes: Partial<NewDraft>) => void;
}

/** What can wait: folded away, open when something in it needs an answer. */
function MoreFields({ locationId, draft, errors, onChange }: MoreFieldsProps) {
  const { data: locations = [] } = useQuery(shopQueries.locations());
  const bays = locations.find((one) => one.id === locationId)?.bays ?? [];
  const isOpen = ['keyTag', 'bayId', 'promisedAt', 'notes'].some((name) => errors[name]) || draft.bayId !== '';
  return (
    <details open={isOpen || undefined} className="group">
      <summary className="cursor-pointer rounded-chip py-1 font-medium text-primary pointer-coarse:py-3">{t('new.more')}</summary>
      <div className="mt-3 grid gap-3 sm:grid-cols-2">
        <Field label={t('new.promised')} error={errors.promisedAt?.[0]}>
          {(control) => (
            <span className="flex gap-1.5">
              <Input
                {...control}
                type="date"
                aria-label={t('field.date', { field: t('new.promised') })}
                value={draft.promisedDate || (draft.promisedTime ? draft.date : '')}
                onChange={(event) => onChange({ promisedDate: event.target.value })}
                className="px-2"
              />
              <Input
                type="time"
                aria-label={t('field.time', { field: t('new.promised') })}
                value={draft.promisedTime}
                onChange={(event) => onChange({ promisedTime: event.target.value })}
                className="px-2 pointer-fine:[&::-webkit-calendar-picker-indicator]:hidden"
              />
            </span>
          )}
        </Field>
        <div className="grid grid-cols-2 gap-3">
          <Field label={t('new.keyTag')} error={errors.keyTag?.[0]}>
            {(control) => (
              <Input {...control} value={draft.keyTag} maxLength={KEY_TAG_LENGTH} autoComplete="off" onChange={(event) => onChange({ keyTag: event.target.value })} />
            )}
          </Field>
          <Field label={t('new.bay')} error={errors.bayId?.[0]}>
            {(control) => (
              <Select {...control} value={draft.bayId} onChange={(event) => onChange({ bayId: event.target.value })}>
                <option value="">{t('overview.none')}</option>
                {bays.map((one) => (
                  <option key={one.id} value={one.id}>
                    {one.name}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </div>
        <div className="sm:col-span-2">
          <Field label={t('new.notes')} error={errors.notes?.[0]}>
            {(control) => (
              <TextArea {...control} value={draft.notes} maxLength={10_000} onChange={(event) => onChange({ notes: event.target.value })} />
            )}
          </Field>
        </div>
      </div>
    </details>
  );
}
