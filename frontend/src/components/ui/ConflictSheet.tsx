import { clsx } from 'clsx';
import type { ReactNode, SubmitEvent } from 'react';
import { useId, useState } from 'react';
import { t } from '@/i18n/t';
import { Button } from './Button';
import { Dialog } from './Dialog';

export interface ConflictRow {
  field: string;
  /** The field's name in words. */
  label: string;
  /** What this person typed, formatted. */
  yours: ReactNode;
  /** What stands on the server now, formatted. */
  theirs: ReactNode;
  /** Who changed it meanwhile and when, in words: `Marcus Bell, 2 min ago`. */
  by: string;
  /** When this person did, in words, where that was a while ago: `yours, 12 min ago`. */
  yoursBy?: string;
}

interface ConflictSheetProps {
  conflicts: readonly ConflictRow[];
  /** What the fields belong to, where it does not stand beside the sheet. */
  note?: string | undefined;
  /** The fields whose own value shall overwrite the other; those not named keep what is saved. */
  onResolve: (mine: string[]) => void;
  /** Closed without a choice: what is saved stays. */
  onClose: () => void;
  /** What is saved was chosen for all fields, where that is something else than to close. */
  onKeepSaved?: () => void;
  isPending?: boolean;
  /** Where focus goes afterwards; without it, back to what had it before. */
  returnFocus?: (() => boolean) | undefined;
  error?: string | undefined;
}

type Side = 'yours' | 'theirs';

/**
 * Two people changed one field: both values side by side, who and when; the person chooses for each. Nothing is chosen
 * beforehand, so that neither value is lost by a quick Enter.
 */
export function ConflictSheet({ conflicts, note, onResolve, onClose, onKeepSaved = onClose, isPending = false, returnFocus, error }: ConflictSheetProps) {
  const formId = useId();
  const [sides, setSides] = useState<Record<string, Side>>({});
  const [isIncomplete, setIncomplete] = useState(false);

  const onSubmit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const open = conflicts.find((row) => !sides[row.field]);
    setIncomplete(open !== undefined);
    if (open) event.currentTarget.querySelector<HTMLInputElement>(`input[name="${formId}-${open.field}"]`)?.focus();
    else onResolve(conflicts.filter((row) => sides[row.field] === 'yours').map((row) => row.field));
  };

  return (
    <Dialog
      title={t('conflict.title')}
      note={note}
      onClose={onClose}
      returnFocus={returnFocus}
      footer={
        <>
          <Button onClick={onKeepSaved}>{t('conflict.keepSaved')}</Button>
          <Button type="submit" form={formId} tone="primary" isPending={isPending} pendingLabel={t('action.saving')}>
            {t('conflict.save')}
          </Button>
        </>
      }
    >
      <form id={formId} noValidate onSubmit={onSubmit} className="flex flex-col gap-4">
        <p className="text-muted">{t('conflict.lead', { count: conflicts.length })}</p>
        {conflicts.map((row) => (
          <fieldset key={row.field}>
            <legend className="mb-1 text-xs font-medium text-muted">{row.label}</legend>
            <div className="grid gap-2 sm:grid-cols-2">
              {(['theirs', 'yours'] as const).map((side) => (
                <label
                  key={side}
                  className={clsx(
                    'flex min-h-11 cursor-pointer items-start gap-2.5 rounded-control border px-3 py-2 hover:bg-hover',
                    'has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus',
                    sides[row.field] === side ? 'border-primary bg-info-soft' : 'border-line-strong',
                  )}
                >
                  <input
                    type="radio"
                    name={`${formId}-${row.field}`}
                    className="mt-1 size-4 shrink-0 accent-primary outline-none"
                    checked={sides[row.field] === side}
                    onChange={() => setSides({ ...sides, [row.field]: side })}
                  />
                  <span className="min-w-0">
                    <span className="block text-xs text-muted">{side === 'theirs' ? row.by : (row.yoursBy ?? t('conflict.yours'))}</span>
                    <span className="block font-medium break-words whitespace-pre-wrap">
                      {(side === 'theirs' ? row.theirs : row.yours) || t('conflict.empty')}
                    </span>
                  </span>
                </label>
              ))}
            </div>
          </fieldset>
        ))}
        {isIncomplete || error ? (
          <p role="alert" className="font-medium text-danger">
            {error ?? t('conflict.choose')}
          </p>
        ) : null}
      </form>
    </Dialog>
  );
}
