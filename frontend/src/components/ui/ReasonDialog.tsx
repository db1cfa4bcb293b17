import { useId, useRef, useState } from 'react';
import { t } from '@/i18n/t';
import { Button } from './Button';
import { Dialog } from './Dialog';
import { Field } from './Field';
import { TextArea } from './Input';

interface ReasonDialogProps {
  title: string;
  lead: string;
  submitLabel: string;
  isPending?: boolean;
  onSubmit: (reason: string) => void;
  onClose: () => void;
  children?: React.ReactNode;
}

/** Asks why, before something that is recorded with its reason. */
export function ReasonDialog({ title, lead, submitLabel, isPending = false, onSubmit, onClose, children }: ReasonDialogProps) {
  const form = useId();
  const [error, setError] = useState<string>();
  const field = useRef<HTMLTextAreaElement>(null);
  return (
    <Dialog
      title={title}
      size="sm"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" form={form} tone="primary" isPending={isPending} pendingLabel={t('action.saving')}>
            {submitLabel}
          </Button>
        </>
      }
    >
      <form
        id={form}
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          const reason = field.current?.value.trim() ?? '';
          if (reason) onSubmit(reason);
          else {
            setError(t('move.reason.need'));
            field.current?.focus();
          }
        }}
      >
        <p className="text-muted">{lead}</p>
        {children}
        <Field label={t('move.reason.label')} error={error}>
          {(control) => (
            <TextArea
              {...control}
              ref={field}
              data-autofocus
              maxLength={500}
              onKeyDown={(event) => {
                if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
              }}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
