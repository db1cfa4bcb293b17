import { Mic, MicOff } from 'lucide-react';
import { useId } from 'react';
import { TextArea } from '@/components/ui/Input';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { useAutosave } from './autosave';
import { bigClasses } from './big';
import { useDictation } from './dictation';

interface NoteFieldProps {
  label?: string;
  value: string | null;
  isDisabled: boolean;
  /** Rejects where it could not be kept: then it stays in the field. */
  onSave: (note: string | null) => Promise<void>;
}

/** As many characters as the shop takes. */
const MOST = 2000;
/** Nothing but spaces is no note. */
const asKept = (text: string): string => (text.trim() === '' ? '' : text);

/** A note, typed or spoken; it saves itself. */
export function NoteField({ label = t('tablet.check.note'), value, isDisabled, onSave }: NoteFieldProps) {
  const id = useId();
  const save = (text: string): Promise<void> | null => {
    const note = asKept(text) || null;
    return note === value ? null : onSave(note);
  };
  const field = useAutosave(value ?? '', save, asKept);
  const dictation = useDictation((words) => field.setText((text) => [text.trimEnd(), words].filter(Boolean).join(' ').slice(0, MOST)));
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-base font-semibold">
        {label}
      </label>
      <div className="flex items-stretch gap-3">
        <TextArea
          id={id}
          rows={2}
          maxLength={MOST}
          disabled={isDisabled}
          value={field.text}
          className="min-h-16 flex-1 text-base! leading-6!"
          onChange={(event) => field.setText(event.target.value)}
          onFocus={field.onFocus}
          onBlur={field.finish}
        />
        {dictation.isAvailable ? (
          <button
            type="button"
            aria-pressed={dictation.isListening}
            disabled={isDisabled}
            className={bigClasses('plain', 'w-30 flex-col gap-1 px-2 text-sm aria-pressed:border-primary aria-pressed:bg-info-soft aria-pressed:text-info')}
            onClick={dictation.toggle}
          >
            {dictation.isListening ? <MicOff aria-hidden /> : <Mic aria-hidden />}
            {t(dictation.isListening ? 'tablet.check.dictate.stop' : 'tablet.check.dictate')}
          </button>
        ) : null}
      </div>
      {dictation.hasFailed ? (
        <p role="alert" className="text-sm font-medium text-danger">
          {t('tablet.check.dictate.failed')}
        </p>
      ) : null}
    </div>
  );
}
