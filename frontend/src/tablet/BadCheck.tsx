import type { SubmitEvent } from 'react';
import { useId, useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { TextArea } from '@/components/ui/Input';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';

/** What is not good says why. */
export function BadCheck({ title, onTell, onClose }: { title: string; onTell: (note: string) => void; onClose: () => void }) {
  const formId = useId();
  const [note, setNote] = useState('');
  const [isMissing, setMissing] = useState(false);
  const onSubmit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const words = note.trim();
    setMissing(words === '');
    if (words === '') {
      event.currentTarget.querySelector('textarea')?.focus();
      return;
    }
    onTell(words);
    onClose();
  };
  return (
    <Dialog
      title={title}
      size="sm"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" form={formId} tone="primary">
            {t('tablet.drive.save')}
          </Button>
        </>
      }
    >
      <form id={formId} noValidate onSubmit={onSubmit}>
        <Field label={t('tablet.drive.note')} error={isMissing ? t('tablet.drive.need') : undefined}>
          {(control) => <TextArea {...control} data-autofocus maxLength={200} value={note} onChange={(event) => setNote(event.target.value)} />}
        </Field>
      </form>
    </Dialog>
  );
}
