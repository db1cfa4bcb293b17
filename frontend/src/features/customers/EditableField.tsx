import { clsx } from 'clsx';
import { Check, Pencil } from 'lucide-react';
import type { ComponentProps, KeyboardEvent, ReactNode } from 'react';
import { useId, useRef, useState } from 'react';
import { CONTROL } from '@/components/ui/Input';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';

/** How a save ended: done, or taken over by the sheet that asks which value to keep. */
export type SaveResult = { kind: 'saved' } | { kind: 'conflict' } | { kind: 'refused'; message: string };

interface EditableFieldProps {
  label: string;
  value: string | null;
  /** Saves what was typed, null when emptied, against the version that stood when the editing began. */
  onSave: (value: string | null, version: number) => Promise<SaveResult>;
  version: number;
  control?: Pick<ComponentProps<'input'>, 'type' | 'inputMode' | 'autoComplete' | 'maxLength'>;
  /** How the saved value reads, and what a keystroke makes of the text. */
  format?: (value: string) => string;
  onType?: (before: string, after: string) => string;
  isMultiline?: boolean;
  /** Beside the value, such as a link to call. */
  aside?: ReactNode;
}

type State = 'idle' | 'saving' | 'saved' | 'refused';

/**
 * A value that is its own editor: reads like text, is always a field. Enter or leaving saves, Escape gives the saved value
 * back. What was refused stays in the field with the reason.
 */
export function EditableField({ label, value, onSave, version, control, format = (text) => text, onType, isMultiline = false, aside }: EditableFieldProps) {
  const id = useId();
  const shown = value ? format(value) : '';
  const [draft, setDraft] = useState<string | null>(null);
  const [state, setState] = useState<State>('idle');
  const [message, setMessage] = useState('');
  const seenVersion = useRef(version);
  const text = draft ?? shown;

  const giveUp = (): void => {
    setDraft(null);
    setState('idle');
    setMessage('');
  };
  const save = async (): Promise<void> => {
    if (draft === null || state === 'saving') return;
    const wish = draft.trim();
    if (wish === shown) {
      giveUp();
      return;
    }
    setState('saving');
    const result = await onSave(wish || null, seenVersion.current);
    if (result.kind === 'refused') {
      setState('refused');
      setMessage(result.message);
      announce(result.message);
      return;
    }
    setDraft(null);
    setMessage('');
    setState(result.kind === 'saved' ? 'saved' : 'idle');
    if (result.kind === 'saved') announce(t('customer.saved', { field: label }));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && draft !== null) {
      event.preventDefault();
      event.stopPropagation();
      giveUp();
    } else if (event.key === 'Enter' && (!isMultiline || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void save();
    }
  };
  const field = {
    id,
    value: text,
    placeholder: t('inline.empty', { field: label.toLowerCase() }),
    readOnly: state === 'saving',
    'aria-busy': state === 'saving' || undefined,
    'aria-invalid': state === 'refused' || undefined,
    'aria-describedby': message ? `${id}-message` : undefined,
    onFocus: () => {
      if (state === 'saved') setState('idle');
    },
    onBlur: () => void save(),
    onKeyDown,
    className: clsx(
      CONTROL,
      'border-transparent! bg-transparent hover:border-line! focus:border-line-strong! focus:bg-surface aria-invalid:border-danger! aria-invalid:bg-danger-soft',
      isMultiline ? 'field-sizing-content min-h-9 resize-none py-2 leading-5' : 'h-9 pointer-coarse:h-11',
      'pr-8',
    ),
  };
  const change = (next: string): void => {
    // The first keystroke changes what was in sight then; what others save afterwards is news to this editor.
    if (draft === null) seenVersion.current = version;
    setDraft(onType ? onType(text, next) : next);
    if (state === 'refused') setState('idle');
  };

  return (
    <div className="grid items-start gap-x-2 py-0.5 @sm:grid-cols-[4.5rem_minmax(0,1fr)]">
      <label htmlFor={id} className="px-3 pt-1 text-xs font-medium text-muted @sm:px-0 @sm:pt-2.5 pointer-coarse:@sm:pt-3.5">
        {label}
      </label>
      <div className="min-w-0">
        <div className="flex items-start gap-1">
          <span className="group/field relative min-w-0 flex-1">
            {isMultiline ? (
              <textarea rows={1} {...field} onChange={(event) => change(event.target.value)} />
            ) : (
              <input type="text" {...control} {...field} onChange={(event) => change(event.target.value)} />
            )}
            <span className="pointer-events-none absolute top-2.5 right-2.5 text-muted pointer-coarse:top-3.5">
              {state === 'saved' ? (
                <Check size={14} aria-hidden className="text-success" />
              ) : (
                <Pencil size={14} aria-hidden className="opacity-50 group-hover/field:opacity-100 group-focus-within/field:invisible" />
              )}
            </span>
          </span>
          {aside ?? <span className="w-9 shrink-0 pointer-coarse:w-11" />}
        </div>
        {state === 'saving' ? <p className="mt-1.5 px-3 text-xs text-muted">{t('inline.saving')}</p> : null}
        {state === 'refused' && message ? (
          <p id={`${id}-message`} className="mt-1.5 px-3 pb-1 text-xs font-medium text-danger">
            {message} <span className="font-normal text-muted">{t('inline.kept')}</span>
          </p>
        ) : null}
      </div>
    </div>
  );
}

/** The same place for those who may only read. */
export function ReadField({ label, value, aside }: { label: string; value: string | null; aside?: ReactNode }) {
  return (
    <div className="grid items-start gap-x-2 py-0.5 @sm:grid-cols-[4.5rem_minmax(0,1fr)]">
      <dt className="px-3 pt-1 text-xs font-medium text-muted @sm:px-0 @sm:pt-2.5">{label}</dt>
      <dd className="flex min-h-9 items-start gap-1 pl-3">
        <span className="min-w-0 flex-1 py-2 [overflow-wrap:anywhere] whitespace-pre-wrap">{value || <span className="text-muted">{t('inline.none')}</span>}</span>
        {aside}
      </dd>
    </div>
  );
}
