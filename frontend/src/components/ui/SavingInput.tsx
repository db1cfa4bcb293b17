import type { KeyboardEvent } from 'react';
import { useRef, useState } from 'react';
import { t } from '@/i18n/t';
import { useCommitOnLeave } from '@/lib/leave-field';
import { Field } from './Field';
import { Input, TextArea } from './Input';

/** What became of a save: the version that it made, words for the field that was refused, or two values to choose from. */
export type SaveResult = { version: number } | { error: string } | 'asked';

interface SavingInputProps {
  label: string;
  hint?: string | undefined;
  /** What is saved, as it stands in the field. */
  value: string;
  version: number;
  /** Saves what was typed, against the version seen at its first letter. */
  onSave: (typed: string, version: number) => Promise<SaveResult>;
  isLong?: boolean;
  inputMode?: 'decimal' | 'text';
  maxLength: number;
  isDisabled?: boolean;
}

/** A value that saves itself when one leaves it or presses Enter; Escape takes back what was typed. */
export function SavingInput({ label, hint, value, version, onSave, isLong = false, inputMode = 'text', maxLength, isDisabled = false }: SavingInputProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const [state, setState] = useState<{ error?: string; mark?: string }>({});
  const seen = useRef(version);
  /** What was sent last: leaving the field does not send a refused text again. */
  const sent = useRef<string | null>(null);

  const commit = async (isAsked: boolean): Promise<void> => {
    if (draft === null || (sent.current === draft && !isAsked)) return;
    if (draft.trim() === value) {
      setDraft(null);
      setState({});
      return;
    }
    sent.current = draft;
    setState({ mark: t('action.saving') });
    const result = await onSave(draft.trim(), seen.current);
    if (typeof result === 'object' && 'error' in result) {
      setState({ error: result.error });
      return;
    }
    sent.current = null;
    setState(result === 'asked' ? {} : { mark: t('action.saved') });
    // What is typed on builds on this save, not on what was before it.
    if (result !== 'asked') seen.current = Math.max(seen.current, result.version);
    // Typed on while the first text was on its way, it stays a draft.
    setDraft((now) => (now === draft ? null : now));
  };
  useCommitOnLeave(() => void commit(false));
  const props = {
    value: draft ?? value,
    maxLength,
    inputMode,
    disabled: isDisabled,
    onChange: (event: { target: { value: string } }) => {
      if (draft === null) seen.current = version;
      setDraft(event.target.value);
    },
    onBlur: () => void commit(false),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === 'Enter' && (!isLong || event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        void commit(true);
      } else if (event.key === 'Escape' && draft !== null) {
        event.preventDefault();
        event.stopPropagation();
        sent.current = null;
        setDraft(null);
        setState({});
      }
    },
  };
  return (
    <Field label={label} hint={hint} error={state.error} aside={state.mark ? <span className="text-xs text-muted">{state.mark}</span> : null}>
      {(control) => (isLong ? <TextArea {...control} {...props} rows={2} /> : <Input {...control} {...props} autoComplete="off" />)}
    </Field>
  );
}
