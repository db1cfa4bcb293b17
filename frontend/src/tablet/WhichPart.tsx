import type { SubmitEvent } from 'react';
import { useId, useState } from 'react';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { bigClasses } from './big';

/** Which part a car needs, in a few words or none; nothing has happened before it is told. */
export function WhichPart({ car, onTell, onClose }: { car: string; onTell: (part: string) => void; onClose: () => void }) {
  const formId = useId();
  const [part, setPart] = useState('');
  const onSubmit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    onClose();
    onTell(part.trim());
  };
  return (
    <Dialog
      title={t('tablet.part.title')}
      note={car}
      size="sm"
      onClose={onClose}
      footer={
        <>
          <button type="button" className={bigClasses('plain')} onClick={onClose}>
            {t('action.cancel')}
          </button>
          <button type="submit" form={formId} className={bigClasses('primary')}>
            {t('tablet.part.tell')}
          </button>
        </>
      }
    >
      <form id={formId} noValidate onSubmit={onSubmit}>
        <Field label={t('tablet.part.label')} hint={t('tablet.part.hint')}>
          {(control) => <Input {...control} data-autofocus maxLength={200} autoComplete="off" className="h-14!" value={part} onChange={(event) => setPart(event.target.value)} />}
        </Field>
      </form>
    </Dialog>
  );
}
