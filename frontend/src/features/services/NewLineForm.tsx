import { useEffect, useId, useRef, useState } from 'react';
import { ApiError, newIdempotencyKey } from '@/api';
import { Button } from '@/components/ui/Button';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { Select } from '@/components/ui/Select';
import '@/i18n/late/services';
import { t } from '@/i18n/t';
import { centsFault, exactFault } from '@/lib/amount-words';
import { HOURS, parseCents, parseExact, QUANTITY } from '@/lib/amounts';
import { errorWords } from '@/lib/error-words';
import { LINE_KINDS } from '@/lib/line-kinds';
import type { Job, LineKind } from '@/types';
import { useWorkPlace } from './WorkContext';

/** A line to add to a job: what it is, how much of it, what it costs; labor may go by the rate. */
export function NewLineForm({ job, onClose }: { job: Job; onClose: () => void }) {
  const { work } = useWorkPlace();
  const id = useId();
  const [kind, setKind] = useState<LineKind>('part');
  const [draft, setDraft] = useState({ name: '', count: '1', price: '' });
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [key, setKey] = useState(newIdempotencyKey);
  const isLabor = kind === 'labor';
  const place = useRef<HTMLFormElement>(null);
  useEffect(() => {
    // After a menu or dialog that opened it gave the focus back.
    const timer = setTimeout(() => {
      place.current?.querySelector<HTMLElement>('[name="name"]')?.focus({ preventScroll: true });
      place.current?.scrollIntoView({ block: 'nearest' });
    });
    return () => clearTimeout(timer);
  }, []);
  const set = (changes: Partial<typeof draft>): void => setDraft((before) => ({ ...before, ...changes }));

  const submit = (form: HTMLFormElement): void => {
    const needs: Record<string, string> = {};
    const count = parseExact(draft.count, isLabor ? HOURS : QUANTITY);
    const byRate = isLabor && draft.price.trim() === '';
    const cents = byRate ? null : parseCents(draft.price);
    const wrongCount = exactFault(draft.count, isLabor ? HOURS : QUANTITY);
    const wrongPrice = byRate ? undefined : centsFault(draft.price);
    if (!draft.name.trim()) needs.name = t('services.need.name');
    if (wrongCount) needs.count = wrongCount;
    if (wrongPrice) needs.unitPriceCents = wrongPrice;
    setErrors(needs);
    const first = Object.keys(needs)[0];
    if (first || count === null) {
      form.querySelector<HTMLElement>(`[name="${first}"]`)?.focus();
      return;
    }
    const line = {
      jobId: job.id,
      kind,
      name: draft.name.trim(),
      ...(isLabor ? { hours: count } : { quantity: count }),
      ...(cents === null ? {} : { unitPriceCents: cents }),
    };
    work.addLine(line, key).then(onClose, (error: unknown) => {
      setKey(newIdempotencyKey());
      const fields = error instanceof ApiError ? error.fields : {};
      const own = Object.fromEntries(Object.entries(fields).map(([field, words]) => [field === 'hours' || field === 'quantity' ? 'count' : field, words[0] ?? '']));
      setErrors(Object.keys(own).length > 0 ? own : { form: errorWords(error) });
    });
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a key for what its Cancel button does too
    <form
      id={id}
      noValidate
      ref={place}
      aria-label={t('services.line.new', { job: job.name })}
      className="mx-3 mb-3 scroll-my-4 flex flex-col gap-3 rounded-control bg-sunken p-3"
      // Escape is done with the line, not with the whole drawer.
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        onClose();
      }}
      onSubmit={(event) => {
        event.preventDefault();
        submit(event.currentTarget);
      }}
    >
      <Field label={t('services.line.name')} error={errors.name}>
        {(control) => <Input {...control} name="name" autoComplete="off" maxLength={120} value={draft.name} onChange={(event) => set({ name: event.target.value })} />}
      </Field>
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
        <Field label={t('services.line.kind')}>
          {(control) => (
            <Select {...control} value={kind} onChange={(event) => setKind(event.target.value as LineKind)}>
              {LINE_KINDS.map((one) => (
                <option key={one} value={one}>
                  {t(`services.kind.${one}`)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label={t(isLabor ? 'services.line.hours' : 'services.line.quantity')} error={errors.count}>
          {(control) => <Input {...control} name="count" inputMode="decimal" autoComplete="off" maxLength={10} value={draft.count} onChange={(event) => set({ count: event.target.value })} />}
        </Field>
        <Field
          label={t(isLabor ? 'services.line.hourPrice' : 'services.line.unitPriceCents')}
          error={errors.unitPriceCents}
          hint={isLabor ? t('services.line.byRate') : undefined}
        >
          {(control) => <Input {...control} name="unitPriceCents" inputMode="decimal" autoComplete="off" maxLength={14} value={draft.price} onChange={(event) => set({ price: event.target.value })} />}
        </Field>
      </div>
      {errors.form ? (
        <p role="alert" className="font-medium text-danger">
          {errors.form}
        </p>
      ) : null}
      <div className="flex flex-wrap justify-end gap-2">
        <Button size="sm" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button size="sm" type="submit" tone="primary" isPending={work.isPending} pendingLabel={t('action.saving')}>
          {t('services.line.add')}
        </Button>
      </div>
    </form>
  );
}
