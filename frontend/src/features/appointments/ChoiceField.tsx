import { Field } from '@/components/ui/Field';
import { Select } from '@/components/ui/Select';
import type { WordKey } from '@/i18n/en';
import { t } from '@/i18n/t';
import { useEdit, useSaveState } from './EditContext';
import { SaveMark } from './SaveMark';

interface ChoiceFieldProps {
  name: 'techId' | 'bayId';
  label: WordKey;
  emptyWord: WordKey;
  choices: readonly { id: string; name: string }[];
  /** The name of what is chosen now, for when the list does not hold it any more. */
  currentName: string | null;
}

/** A choice that saves itself. */
export function ChoiceField({ name, label, emptyWord, choices, currentName }: ChoiceFieldProps) {
  const { data, save } = useEdit();
  const { error, isSaving } = useSaveState(name);
  const value = data.appointment[name];
  const isKnown = value === null || choices.some((choice) => choice.id === value);
  return (
    <Field label={t(label)} error={error} aside={<SaveMark field={name} />}>
      {(control) => (
        <Select
          {...control}
          name={name}
          value={value ?? ''}
          disabled={isSaving}
          onChange={(event) => void save({ [name]: event.target.value || null }, data.appointment.version)}
        >
          <option value="">{t(emptyWord)}</option>
          {isKnown || value === null ? null : <option value={value}>{currentName ?? value}</option>}
          {choices.map((choice) => (
            <option key={choice.id} value={choice.id}>
              {choice.name}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
