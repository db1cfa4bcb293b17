import type { FocusEvent, KeyboardEvent } from 'react';
import { useRef, useState } from 'react';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import type { WordKey } from '@/i18n/en';
import { t } from '@/i18n/t';
import { useCommitOnLeave } from '@/lib/leave-field';
import { localDate, localTime, toInstant } from '@/lib/time';
import type { AppointmentPatch } from '@/types';
import { useEdit, useSaveState } from './EditContext';
import { FoldChoice, gapWords, isSecondTime } from './FoldChoice';
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

interface Draft {
  date: string;
  time: string;
  /** Where the clocks go back over the time: the second of the two. */
  isLater: boolean;
}

function draftOf(value: string | null, zone: string): Draft {
  if (!value) return { date: '', time: '', isLater: false };
  const [date, time] = [localDate(value, zone), localTime(value, zone)];
  return { date, time, isLater: isSecondTime(value, date, time, zone) };
}

/** A day and a time in the location's zone, saved together when one leaves them. */
export function InstantField({ name, label, isOptional = false, hasNow = false, toPatch }: InstantFieldProps) {
  const { data, zone, save, forget } = useEdit();
  const { error, isSaving } = useSaveState(name);
  const { version } = data.appointment;
  const value = data.appointment[name];
  const [draft, setDraft] = useState<Draft | null>(null);
  const [problem, setProblem] = useState<string>();
  const seen = useRef(version);
  const sent = useRef<string | null>(null);
  const shown = draft ?? draftOf(value, zone);

  const send = async (instant: string | null): Promise<void> => {
    setProblem(undefined);
    const isSaved = await save(toPatch ? toPatch(instant) : { [name]: instant }, seen.current);
    // What was typed while it was on its way stays a draft.
    if (isSaved) setDraft((now) => (now === draft ? null : now));
  };
  const commit = (isAsked: boolean): void => {
    const text = draft && `${draft.date} ${draft.time} ${draft.isLater}`;
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
    const gap = gapWords(date, draft.time, zone);
    if (gap) {
      setProblem(gap);
      return;
    }
    const found = toInstant(date, draft.time, zone);
    const instant = found.kind === 'fold' && draft.isLater ? found.later : found.instant;
    if (value && Math.floor(Date.parse(value) / 60_000) === Math.floor(Date.parse(instant) / 60_000)) {
      setDraft(null);
      setProblem(undefined);
    } else void send(instant);
  };
  useCommitOnLeave(() => commit(false));
  const edit = (changes: Partial<Draft>): void => {
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
      if (error) forget([name]);
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
      <SaveMark field={name} isDirty={draft !== null} />
      {hasNow && !value && isQuiet ? <Small word="field.now" onClick={now} label={`${t(label)}: ${t('field.now')}`} /> : null}
      {isOptional && value && isQuiet ? <Small word="action.clear" onClick={clear} label={t('field.clear', { field: t(label) })} /> : null}
    </span>
  );

  return (
    <Field label={t(label)} error={problem ?? error} aside={aside}>
      {(control) => (
        // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- leaving both inputs saves; the group itself is no control
        <span className="flex flex-wrap items-center gap-1.5" onBlur={onBlur}>
          <Input
            {...control}
            name={name}
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
          <FoldChoice
            label={t(label)}
            date={shown.date || data.appointment.day}
            time={shown.time}
            zone={zone}
            isLater={shown.isLater}
            onChange={(isLater) => edit({ isLater })}
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
