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
  /** What the button says that changes nothing. */
  cancelLabel?: string | undefined;
  isPending?: boolean;
  onSubmit: (reason: string) => void;
  onClose: () => void;
  children?: React.ReactNode;
  returnFocus?: (() => boolean) | undefined;
}

/** Asks why, before something that is recorded with its reason. */
export function ReasonDialog({
  title,
  lead,
  submitLabel,
  cancelLabel,
  isPending = false,
  onSubmit,
  onClose,
  children,
  returnFocus,
}: ReasonDialogProps) {
  const form = useId();
  const [error, setError] = useState<string>();
  const field = useRef<HTMLTextAreaElement>(null);
  return (
    <Dialog
      title={title}
      size="sm"
      onClose={onClose}
      returnFocus={returnFocus}
      footer={
        <>
          <Button onClick={onClose}>{cancelLabel ?? t('action.cancel')}</Button>
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
              onChange={error ? () => setError(undefined) : undefined}
              onKeyDown={(event) => {
                // A reason is a line: Enter is done with it, Shift+Enter begins another.
                if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
                event.preventDefault();
                event.currentTarget.form?.requestSubmit();
              }}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
