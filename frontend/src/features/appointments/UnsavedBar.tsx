import { useQueryClient } from '@tanstack/react-query';
import { CloudOff } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button } from '@/components/ui/Button';
import { toast } from '@/components/ui/toast-store';
import { useAppointmentActions, useOpenAppointment } from '@/contexts/AppointmentContext';
import { useSession } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import { patchAppointment } from '@/lib/data/appointments';
import { errorWords } from '@/lib/error-words';
import { appointmentKeys, boardKeys } from '@/lib/query-keys';
import { useRetry } from '@/lib/retry';
import type { Unsaved } from '@/lib/unsaved';
import { discard, fieldsOf, isUnjudged, refuse, settle, useUnsaved } from '@/lib/unsaved';
import { offerBack, unsavedWords } from './unsaved-words';

/** A save that is just on its way is no news. */
const PATIENCE = 1_000;
const MOST = 2;

/**
 * Sends what was left unsaved on jobs whose drawer is closed as soon as the server is back, and names what is not saved
 * until then, or was refused, on every page. The open drawer speaks for its own job.
 */
export function UnsavedBar() {
  const client = useQueryClient();
  const userId = useSession().me.user.id;
  const { openId } = useOpenAppointment();
  const { open } = useAppointmentActions();
  const left = useUnsaved(userId).filter((entry) => entry.appointmentId !== openId);
  const waiting = left.filter((entry) => entry.refusal === null);
  const isBusy = useRef(false);

  /** True when the server has it now. */
  const send = async (entry: Unsaved): Promise<boolean> => {
    try {
      await patchAppointment(entry.appointmentId, { ...entry.patch, version: entry.version });
      settle(userId, entry);
      return true;
    } catch (error) {
      if (!isUnjudged(error)) refuse(userId, entry, errorWords(error));
      return false;
    }
  };
  const sendJob = async (entries: readonly Unsaved[]): Promise<void> => {
    const answers = await Promise.all(entries.map(send));
    const saved = entries.filter((_, index) => answers[index]);
    if (saved.length === 0) return;
    toast({ tone: 'success', title: t('unsaved.saved', { what: unsavedWords(saved) }) });
    void client.invalidateQueries({ queryKey: boardKeys.all });
    void client.invalidateQueries({ queryKey: appointmentKeys.all });
  };
  useRetry(waiting.length > 0, () => {
    if (isBusy.current) return;
    isBusy.current = true;
    void Promise.all(byJob(waiting).map(sendJob)).finally(() => (isBusy.current = false));
  });

  // What waits is one line for each job; every refusal has its own reason.
  const rows = [...left.filter((entry) => entry.refusal !== null).map((entry) => [entry]), ...byJob(waiting)];
  const hasAny = left.length > 0;
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setShown(hasAny), hasAny ? PATIENCE : 0);
    return () => window.clearTimeout(timer);
  }, [hasAny]);

  return (
    <div role="status" className="shrink-0">
      {isShown
        ? rows.slice(0, MOST).map((entries) => (
            <Row
              key={entries.map((entry) => entry.appointmentId + fieldsOf(entry.patch).join()).join()}
              entries={entries}
              onOpen={open}
              onDiscard={({ appointmentId, patch }) => {
                discard(userId, appointmentId, fieldsOf(patch));
                offerBack(userId, entries);
              }}
            />
          ))
        : null}
      {isShown && rows.length > MOST ? (
        <p className="bg-warning-soft px-4 pb-1 text-warning">{t('unsaved.more', { count: rows.length - MOST })}</p>
      ) : null}
    </div>
  );
}

interface RowProps {
  /** Of one job. */
  entries: readonly Unsaved[];
  onOpen: (id: string) => void;
  onDiscard: (refused: Unsaved) => void;
}

function Row({ entries, onOpen, onDiscard }: RowProps) {
  const [first] = entries;
  if (!first) return null;
  const what = unsavedWords(entries);
  const isRefused = first.refusal !== null;
  return (
    <div data-unsaved className="flex items-center gap-2 bg-warning-soft px-4 py-1 text-warning">
      <CloudOff size={16} aria-hidden className="shrink-0" />
      <p className="min-w-0 font-medium">
        {t(isRefused ? 'unsaved.refused' : 'unsaved.waiting', { what })} {first.refusal}
      </p>
      <span className="ml-auto flex shrink-0 items-center gap-2">
        <Button size="sm" aria-label={t('unsaved.open.job', { number: String(first.number) })} onClick={() => onOpen(first.appointmentId)}>
          {t('unsaved.open')}
        </Button>
        {isRefused ? (
          <Button size="sm" aria-label={t('unsaved.discard.field', { field: what })} onClick={() => onDiscard(first)}>
            {t('unsaved.discard')}
          </Button>
        ) : null}
      </span>
    </div>
  );
}

function byJob(entries: readonly Unsaved[]): Unsaved[][] {
  const jobs = [...new Set(entries.map((entry) => entry.appointmentId))];
  return jobs.map((id) => entries.filter((entry) => entry.appointmentId === id));
}
