import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { ApiError } from '@/api';
import { toast } from '@/components/ui/toast-store';
import { useSession } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { collisionsOf, patchAppointment } from '@/lib/data/appointments';
import { conflictsOf } from '@/lib/data/conflicts';
import { errorWords } from '@/lib/error-words';
import { appointmentKeys, boardKeys } from '@/lib/query-keys';
import { useRetry } from '@/lib/retry';
import type { Unsaved } from '@/lib/unsaved';
import { discard, fieldsOf, isUnjudged, keep, refuse, settle, useUnsaved } from '@/lib/unsaved';
import type { Appointment, AppointmentPatch, Collision, DrawerData, FieldConflict } from '@/types';

export type FieldName = Exclude<keyof AppointmentPatch, 'version' | 'override'>;
export type SaveState = { status: 'saving' } | { status: 'saved'; value: unknown } | { status: 'waiting' } | { status: 'failed'; message: string };

/** Texts stay in their field when they are refused; a refused choice goes back to what is saved. */
const TEXTS: ReadonlySet<string> = new Set(['title', 'notes', 'keyTag', 'visitType']);
/** What is kept on the device until it is saved; a customer or a vehicle is found on the server in the first place. */
const KEPT: ReadonlySet<string> = new Set([
  ...TEXTS, 'start', 'end', 'promisedAt', 'checkInAt', 'checkOutAt', 'techId', 'bayId', 'isWaiting',
]);

interface SaveInput {
  patch: AppointmentPatch;
  /** The version that stood on the screen when the person began to edit. */
  version: number;
  /** What is kept of it on this device. */
  kept: Unsaved | null;
  /** Sent once more by itself: nobody is waiting for a word about it. */
  isRetry?: boolean;
}
interface Conflict {
  conflicts: FieldConflict[];
  patch: AppointmentPatch;
  /** The version to build on once the person has chosen. */
  version: number;
}
interface Overlap {
  collisions: Collision[];
  input: SaveInput;
}

/** Whether a save speaks of every field of an earlier one. */
function covers(patch: AppointmentPatch, earlier: AppointmentPatch): boolean {
  return fieldsOf(earlier).every((field) => field in patch);
}

/** The server's word about one field: its own message, else what went wrong at all. */
function messageFor(error: unknown, field: string): string {
  if (error instanceof ApiError) {
    const holder = error.code === 'key_tag_in_use' ? error.extra<{ number: number }>('appointment') : undefined;
    if (holder) return t('field.key_tag_in_use', { number: String(holder.number) });
    const own = error.fields[field]?.[0];
    if (own) return own;
  }
  return `${t('field.failed')} ${errorWords(error)}`;
}

/**
 * Saves single fields of one appointment: each by itself, one after the other, none over another person's value unasked.
 * What the server has not judged is kept on this device and sent again, also when the drawer is opened the next time.
 */
export function useFieldSave({ id, number }: Pick<Appointment, 'id' | 'number'>) {
  const client = useQueryClient();
  const userId = useSession().me.user.id;
  const all = useUnsaved(userId);
  const unsaved = useMemo(() => all.filter((entry) => entry.appointmentId === id), [all, id]);
  const [states, setStates] = useState<Record<string, SaveState>>({});
  /** Saves that clashed, oldest first: each waits for its own answer. */
  const [conflicts, setConflicts] = useState<readonly Conflict[]>([]);
  const [overlap, setOverlap] = useState<Overlap | null>(null);
  /** The versions that our own last save of each field made. */
  const own = useRef<Record<string, number>>({});

  const isOpen = useRef(true);
  useEffect(() => {
    isOpen.current = true;
    return () => {
      isOpen.current = false;
    };
  }, []);

  const mark = useCallback((patch: AppointmentPatch, state: SaveState | ((field: string) => SaveState)) => {
    setStates((all) => ({
      ...all,
      ...Object.fromEntries(fieldsOf(patch).map((field) => [field, typeof state === 'function' ? state(field) : state])),
    }));
  }, []);

  const show = useCallback(
    (appointment: Appointment) => {
      client.setQueryData<DrawerData>(appointmentKeys.drawer(id), (data) =>
        data && data.appointment.version <= appointment.version
          ? { ...data, appointment: { ...data.appointment, ...appointment } }
          : data,
      );
    },
    [client, id],
  );

  const { mutateAsync, isPending } = useMutation({
    scope: { id: `appointment-${id}` },
    mutationFn: ({ patch, version }: SaveInput) => {
      // What was typed on while a save of the same field was on its way builds on that save, not on what was before it.
      const base = Math.min(...fieldsOf(patch).map((field) => Math.max(version, own.current[field] ?? 0)));
      return patchAppointment(id, { ...patch, version: base });
    },
    onMutate: ({ patch, isRetry }) => mark(patch, { status: isRetry ? 'waiting' : 'saving' }),
    onSuccess: (appointment, { patch, kept }) => {
      if (kept) settle(userId, kept);
      mark(patch, (field) => ({ status: 'saved', value: appointment[field as keyof Appointment] }));
      announce(t('action.saved'));
      show(appointment);
      for (const field of fieldsOf(patch)) own.current[field] = appointment.version;
      // A save of another field leaves open what the person is being asked.
      setConflicts((open) => open.filter((one) => !covers(patch, one.patch)));
      setOverlap((open) => (open && covers(patch, open.input.patch) ? null : open));
      void client.invalidateQueries({ queryKey: boardKeys.all });
      void client.invalidateQueries({ queryKey: appointmentKeys.all });
    },
    onError: (error, input) => {
      if (input.kept && isUnjudged(error)) {
        mark(input.patch, { status: 'waiting' });
        if (!input.isRetry) announce(t('unsaved.kept'));
        return;
      }
      if (input.kept) {
        const [field = ''] = fieldsOf(input.patch);
        if (TEXTS.has(field)) refuse(userId, input.kept, messageFor(error, field));
        else settle(userId, input.kept);
      }
      // The drawer was closed while its last field was on its way: the refusal must not go unseen.
      if (!isOpen.current) toast({ tone: 'error', title: t('field.failed'), detail: errorWords(error) });
      mark(input.patch, (field) => ({ status: 'failed', message: messageFor(error, field) }));
      const collisions = collisionsOf(error);
      if (collisions) setOverlap({ collisions, input });
      if (!(error instanceof ApiError) || error.code !== 'edit_conflict') return;
      const current = error.extra<Appointment>('appointment');
      const found = { conflicts: conflictsOf(error) ?? [], patch: input.patch, version: current?.version ?? input.version };
      // A second clash of a field takes the place of its first.
      setConflicts((open) => [...open.filter((one) => !fieldsOf(one.patch).some((field) => field in input.patch)), found]);
    },
  });

  const send = useCallback(
    (input: SaveInput): Promise<boolean> =>
      mutateAsync(input).then(
        () => true,
        (error: unknown) => input.kept !== null && isUnjudged(error),
      ),
    [mutateAsync],
  );
  /** True when it was saved, or is kept until it can be; a refusal is shown at its field or in its sheet. */
  const save = useCallback(
    (patch: AppointmentPatch, version: number): Promise<boolean> => {
      if (!fieldsOf(patch).every((field) => KEPT.has(field))) return send({ patch, version, kept: null });
      const kept = keep(userId, { appointmentId: id, number, patch, version });
      return send({ patch: kept.patch, version: kept.version, kept });
    },
    [send, userId, id, number],
  );

  const resend = (entries: readonly Unsaved[], isRetry = false): void => {
    for (const kept of entries) void send({ patch: kept.patch, version: kept.version, kept, isRetry });
  };
  // What an earlier visit left, refused or not: the reason it stands there is shown anew.
  const left = useRef(() => resend(unsaved));
  useEffect(() => left.current(), []);
  const waiting = unsaved.filter((entry) => entry.refusal === null);
  useRetry(waiting.length > 0, () => {
    if (!isPending) resend(waiting, true);
  });

  /** Drops what was typed into these fields: they show what is saved. */
  const forget = useCallback(
    (fields: readonly string[]) => {
      discard(userId, id, fields);
      setStates((now) => Object.fromEntries(Object.entries(now).filter(([field]) => !fields.includes(field))));
    },
    [userId, id],
  );

  const settleConflict = useCallback((settled: Conflict) => setConflicts((open) => open.filter((one) => one !== settled)), []);

  return { states, save, unsaved, isPending, conflict: conflicts[0] ?? null, settleConflict, overlap, setOverlap, forget };
}
