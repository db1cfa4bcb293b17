import type { SubmitEvent } from 'react';
import { useId, useState } from 'react';
import { ApiError } from '@/api';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { Select } from '@/components/ui/Select';
import { toast } from '@/components/ui/toast-store';
import '@/i18n/late/clocks';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import type { NewCheck, VisitActs } from './queries';

const KINDS: readonly NewCheck['kind'][] = ['test_drive', 'quality'];

/** A test drive or a quality check, written down by who did it. */
export function CheckDialog({ acts, onClose }: { acts: VisitActs; onClose: () => void }) {
  const formId = useId();
  const [id] = useState(() => crypto.randomUUID());
  const [kind, setKind] = useState<NewCheck['kind']>('test_drive');
  const [isPassed, setPassed] = useState(true);
  const [note, setNote] = useState('');
  const [errors, setErrors] = useState<{ note?: string; form?: string }>({});

  const onSubmit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const words = note.trim() || null;
    setErrors(isPassed || words ? {} : { note: t('work.check.needNote') });
    if (!isPassed && !words) {
      document.getElementById(formId)?.querySelector<HTMLElement>('[name="note"]')?.focus();
      return;
    }
    try {
      await acts.check(id, { kind, isPassed, note: words });
      toast({ tone: 'success', title: t('work.check.done') });
      onClose();
    } catch (error) {
      const told = error instanceof ApiError ? error.fields.note?.[0] : undefined;
      setErrors(told ? { note: told } : { form: errorWords(error) });
    }
  };
  return (
    <Dialog
      title={t('work.check.title')}
      size="sm"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" form={formId} tone="primary" isPending={acts.isPending} pendingLabel={t('action.saving')}>
            {t('work.check.save')}
          </Button>
        </>
      }
    >
      <form id={formId} noValidate onSubmit={(event) => void onSubmit(event)} className="flex flex-col gap-4">
        {errors.form ? (
          <p role="alert" className="rounded-control bg-danger-soft px-3 py-2 font-medium text-danger">
            {errors.form}
          </p>
        ) : null}
        <Field label={t('work.check.kind')}>
          {(control) => (
            <Select {...control} data-autofocus value={kind} onChange={(event) => setKind(KINDS.find((one) => one === event.target.value) ?? 'test_drive')}>
              {KINDS.map((one) => (
                <option key={one} value={one}>
                  {t(`work.check.${one}`)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label={t('work.check.result')}>
          {(control) => (
            <Select {...control} value={isPassed ? 'passed' : 'failed'} onChange={(event) => setPassed(event.target.value === 'passed')}>
              <option value="passed">{t('work.check.passed')}</option>
              <option value="failed">{t('work.check.failed')}</option>
            </Select>
          )}
        </Field>
        <Field label={t('work.check.note')} hint={t('work.check.note.hint')} error={errors.note}>
          {(control) => <Input {...control} name="note" autoComplete="off" maxLength={200} value={note} onChange={(event) => setNote(event.target.value)} />}
        </Field>
      </form>
    </Dialog>
  );
}
