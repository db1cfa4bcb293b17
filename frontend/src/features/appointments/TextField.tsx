import type { KeyboardEvent } from 'react';
import { useId, useRef, useState } from 'react';
import { Field } from '@/components/ui/Field';
import { Input, TextArea } from '@/components/ui/Input';
import type { WordKey } from '@/i18n/en';
import { t } from '@/i18n/t';
import { useCommitOnLeave } from '@/lib/leave-field';
import { useEdit, useSaveState } from './EditContext';
import { SaveMark } from './SaveMark';
import { offerDraft } from './unsaved-words';

type TextName = 'title' | 'notes' | 'keyTag' | 'visitType';

interface TextFieldProps {
  name: TextName;
  label: WordKey;
  isLong?: boolean;
  /** What others wrote there, to choose from. */
  offers?: readonly string[] | undefined;
  maxLength: number;
}

/**
 * A text that saves itself when one leaves it or presses Enter. While someone types, what others save does not touch the
 * draft; the version seen at its first letter goes along, so that the server notices a clash.
 */
export function TextField({ name, label, isLong = false, offers = [], maxLength }: TextFieldProps) {
  const choices = useId();
  const { data, save, unsaved, forget } = useEdit();
  const { error, isSaving } = useSaveState(name);
  const { version } = data.appointment;
  const value = data.appointment[name] ?? '';
  const isRefused = error !== undefined && unsaved.has(name);
  const [draft, setDraft] = useState<string | null>(null);
  const seen = useRef(version);
  /** What was sent last: leaving the field does not send a refused text a second time. */
  const sent = useRef<string | null>(null);

  const commit = async (isAsked: boolean): Promise<void> => {
    if (draft === null || (sent.current === draft && (isSaving || !isAsked))) return;
    if (draft.trim() === value) {
      setDraft(null);
      return;
    }
    sent.current = draft;
    const isSaved = await save({ [name]: draft.trim() || null }, seen.current);
    // A text typed on while the first one was on its way stays a draft.
    if (isSaved) setDraft((now) => (now === draft ? null : now));
  };
  useCommitOnLeave(() => void commit(false));
  const onKeyDown = (event: KeyboardEvent): void => {
    const isCommit = event.key === 'Enter' && (!isLong || event.ctrlKey || event.metaKey);
    if (isCommit) {
      event.preventDefault();
      void commit(true);
    } else if (event.key === 'Escape' && (draft !== null || isRefused)) {
      // The first Escape takes the draft back, the next one closes the drawer.
      event.preventDefault();
      setDraft(null);
      if (isRefused) forget([name]);
      else if (draft !== null && draft.trim() !== value) offerDraft(label, () => setDraft(draft));
    }
  };
  const props = {
    name,
    value: draft ?? value,
    maxLength,
    onChange: (event: { target: { value: string } }) => {
      if (draft === null) seen.current = version;
      setDraft(event.target.value);
    },
    onBlur: () => void commit(false),
    onKeyDown,
  };
  return (
    <>
    <Field label={t(label)} error={error} aside={<SaveMark field={name} isDirty={draft !== null && draft.trim() !== value} />}>
      {(control) => (isLong ? <TextArea {...control} {...props} rows={4} /> : <Input {...control} {...props} autoComplete="off" list={offers.length > 0 ? choices : undefined} />)}
    </Field>
    {offers.length > 0 ? (
      <datalist id={choices}>
        {offers.map((offer) => (
          <option key={offer} value={offer} />
        ))}
      </datalist>
    ) : null}
    </>
  );
}
