import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError } from '@/api';
import { toast } from '@/components/ui/toast-store';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { collisionsOf, patchAppointment } from '@/lib/data/appointments';
import { errorWords } from '@/lib/error-words';
import { appointmentKeys, boardKeys } from '@/lib/query-keys';
import type { Appointment, AppointmentPatch, Collision, DrawerData, FieldConflict } from '@/types';

export type FieldName = Exclude<keyof AppointmentPatch, 'version' | 'override'>;
export type SaveState = { status: 'saving' } | { status: 'saved' } | { status: 'failed'; message: string };

interface SaveInput {
  patch: AppointmentPatch;
  /** The version that stood on the screen when the person began to edit. */
  version: number;
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

/** Saves single fields of one appointment: each by itself, one after the other, none over another person's value unasked. */
export function useFieldSave(id: string) {
  const client = useQueryClient();
  const [states, setStates] = useState<Record<string, SaveState>>({});
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const [overlap, setOverlap] = useState<Overlap | null>(null);

  const isOpen = useRef(true);
  useEffect(() => {
    isOpen.current = true;
    return () => {
      isOpen.current = false;
    };
  }, []);

  const mark = useCallback((patch: AppointmentPatch, state: SaveState | ((field: string) => SaveState)) => {
    const fields = Object.keys(patch).filter((name) => name !== 'override');
    setStates((all) => ({
      ...all,
      ...Object.fromEntries(fields.map((field) => [field, typeof state === 'function' ? state(field) : state])),
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
    mutationFn: ({ patch, version }: SaveInput) => patchAppointment(id, { ...patch, version }),
    onMutate: ({ patch }) => mark(patch, { status: 'saving' }),
    onSuccess: (appointment, { patch }) => {
      mark(patch, { status: 'saved' });
      announce(t('action.saved'));
      show(appointment);
      setConflict(null);
      setOverlap(null);
      void client.invalidateQueries({ queryKey: boardKeys.all });
      void client.invalidateQueries({ queryKey: appointmentKeys.all });
    },
    onError: (error, input) => {
      // The drawer was closed while its last field was on its way: the refusal must not go unseen.
      if (!isOpen.current) toast({ tone: 'error', title: t('field.failed'), detail: errorWords(error) });
      mark(input.patch, (field) => ({ status: 'failed', message: messageFor(error, field) }));
      const collisions = collisionsOf(error);
      if (collisions) setOverlap({ collisions, input });
      if (!(error instanceof ApiError) || error.code !== 'edit_conflict') return;
      const current = error.extra<Appointment>('appointment');
      setConflict({
        conflicts: error.extra<FieldConflict[]>('conflicts') ?? [],
        patch: input.patch,
        version: current?.version ?? input.version,
      });
    },
  });

  /** True when it was saved; a refusal is shown at its field or in its sheet. */
  const save = useCallback(
    (patch: AppointmentPatch, version: number): Promise<boolean> =>
      mutateAsync({ patch, version }).then(
        () => true,
        () => false,
      ),
    [mutateAsync],
  );

  const forget = useCallback((fields: readonly string[]) => {
    setStates((all) => Object.fromEntries(Object.entries(all).filter(([field]) => !fields.includes(field))));
  }, []);

  return { states, save, isPending, conflict, setConflict, overlap, setOverlap, forget };
}
