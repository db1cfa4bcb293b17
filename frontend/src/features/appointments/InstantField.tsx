import type { FocusEvent, KeyboardEvent } from 'react';
import { useRef, useState } from 'react';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import type { WordKey } from '@/i18n/en';
import { t } from '@/i18n/t';
import { useCommitOnLeave } from '@/lib/leave-field';
import { formatTime, localDate, localTime, toInstant } from '@/lib/time';
import type { AppointmentPatch } from '@/types';
import { useEdit, useSaveState } from './EditContext';
import { SaveMark } from './SaveMark';

interface InstantFieldProps {
  name: 'start' | 'end' | 'promisedAt' | 'checkInAt' | 'checkOutAt';
  label: WordKey;
  isOptional?: boolean;
  /** Offers the present moment while the field is empty. */
  hasNow?: boolean;
  /** What is saved with it: moving the start moves the end along. */
  toPatch?: (instant: string | null) => AppointmentPatch;
}

/** A day and a time in the location's zone, saved together when one leaves them. */
export function InstantField({ name, label, isOptional = false, hasNow = false, toPatch }: InstantFieldProps) {
  const { data, zone, save } = useEdit();
  const { error, isSaving } = useSaveState(name);
  const { version } = data.appointment;
  const value = data.appointment[name];
  const [draft, setDraft] = useState<{ date: string; time: string } | null>(null);
  const [note, setNote] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const seen = useRef(version);
  const sent = useRef<string | null>(null);
  const shown = draft ?? { date: value ? localDate(value, zone) : '', time: value ? localTime(value, zone) : '' };

  const send = async (instant: string | null): Promise<void> => {
    setProblem(undefined);
    const isSaved = await save(toPatch ? toPatch(instant) : { [name]: instant }, seen.current);
    // What was typed while it was on its way stays a draft.
    if (isSaved) setDraft((now) => (now === draft ? null : now));
  };
  const commit = (isAsked: boolean): void => {
    const text = draft && `${draft.date} ${draft.time}`;
    // Leaving the fields does not send a refused time a second time.
    if (draft === null || (sent.current === text && (isSaving || !isAsked))) return;
    sent.current = text;
    if (!draft.date && !draft.time && isOptional) {
      if (value) void send(null);
      else setDraft(null);
      return;
    }
    // A time alone means the day that the job is on.
    const date = draft.date || data.appointment.day;
    if (!draft.time) {
      setProblem(t('field.incomplete'));
      return;
    }
    const found = toInstant(date, draft.time, zone);
    const time = formatTime(`${date}T${draft.time}:00Z`, 'UTC');
    setNote(
      found.kind === 'gap'
        ? t('time.gap', { time, used: formatTime(found.instant, zone) })
        : found.kind === 'fold'
          ? t('time.fold', { time })
          : undefined,
    );
    if (value && Math.floor(Date.parse(value) / 60_000) === Math.floor(Date.parse(found.instant) / 60_000)) setDraft(null);
    else void send(found.instant);
  };
  useCommitOnLeave(() => commit(false));
  const edit = (changes: Partial<{ date: string; time: string }>): void => {
    if (draft === null) seen.current = version;
    setDraft({ ...shown, ...changes });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') {
      event.preventDefault();
      commit(true);
    } else if (event.key === 'Escape' && draft !== null) {
      event.preventDefault();
      setDraft(null);
      setProblem(undefined);
    }
  };
  const onBlur = (event: FocusEvent<HTMLElement>): void => {
    if (!event.currentTarget.contains(event.relatedTarget)) commit(false);
  };
  const now = (): void => {
    seen.current = version;
    void send(new Date().toISOString());
  };

  const clear = (): void => {
    seen.current = version;
    void send(null);
  };
  const isQuiet = draft === null;
  const aside = (
    <span className="flex items-baseline gap-2">
      <SaveMark field={name} />
      {hasNow && !value && isQuiet ? <Small word="field.now" onClick={now} label={`${t(label)}: ${t('field.now')}`} /> : null}
      {isOptional && value && isQuiet ? <Small word="action.clear" onClick={clear} label={t('field.clear', { field: t(label) })} /> : null}
    </span>
  );

  return (
    <Field label={t(label)} error={problem ?? error} hint={note} aside={aside}>
      {(control) => (
        // Leaving both inputs saves; the group itself is no control.
        // eslint-disable-next-line jsx-a11y/no-static-element-interactions
        <span className="flex items-center gap-1.5" onBlur={onBlur}>
          <Input
            {...control}
            type="date"
            aria-label={t('field.date', { field: t(label) })}
            value={shown.date}
            onChange={(event) => edit({ date: event.target.value })}
            onKeyDown={onKeyDown}
            className="flex-[3] px-2"
          />
          <Input
            type="time"
            aria-label={t('field.time', { field: t(label) })}
            aria-invalid={control['aria-invalid']}
            aria-describedby={control['aria-describedby']}
            value={shown.time}
            onChange={(event) => edit({ time: event.target.value })}
            onKeyDown={onKeyDown}
            className="flex-[2] px-2 pointer-fine:[&::-webkit-calendar-picker-indicator]:hidden"
          />
        </span>
      )}
    </Field>
  );
}

function Small({ word, label, onClick }: { word: WordKey; label: string; onClick: () => void }) {
  return (
    <button
      type="button"
      aria-label={label}
      onClick={onClick}
      className="rounded-chip text-xs font-medium text-primary hover:underline pointer-coarse:-my-3 pointer-coarse:min-h-11 pointer-coarse:px-2"
    >
      {t(word)}
    </button>
  );
}
