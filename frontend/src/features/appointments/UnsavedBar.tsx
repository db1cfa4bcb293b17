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

  const send = async (entry: Unsaved): Promise<void> => {
    try {
      await patchAppointment(entry.appointmentId, { ...entry.patch, version: entry.version });
      settle(userId, entry);
      toast({ tone: 'success', title: t('unsaved.saved', { what: unsavedWords(entry) }) });
      void client.invalidateQueries({ queryKey: boardKeys.all });
      void client.invalidateQueries({ queryKey: appointmentKeys.all });
    } catch (error) {
      if (!isUnjudged(error)) refuse(userId, entry, errorWords(error));
    }
  };
  useRetry(waiting.length > 0, () => {
    if (isBusy.current) return;
    isBusy.current = true;
    void Promise.all(waiting.map(send)).finally(() => (isBusy.current = false));
  });

  const hasAny = left.length > 0;
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setShown(hasAny), hasAny ? PATIENCE : 0);
    return () => window.clearTimeout(timer);
  }, [hasAny]);

  return (
    <div role="status" className="shrink-0">
      {isShown
        ? left.slice(0, MOST).map((entry) => (
            <div
              key={`${entry.appointmentId}${fieldsOf(entry.patch).join()}`}
              data-unsaved
              className="flex items-center gap-2 bg-warning-soft px-4 py-1 text-warning"
            >
              <CloudOff size={16} aria-hidden className="shrink-0" />
              <p className="min-w-0 font-medium">
                {t(entry.refusal === null ? 'unsaved.waiting' : 'unsaved.refused', { what: unsavedWords(entry) })} {entry.refusal}
              </p>
              <span className="ml-auto flex shrink-0 items-center gap-2">
                <Button
                  size="sm"
                  aria-label={t('unsaved.open.job', { number: String(entry.number) })}
                  onClick={() => open(entry.appointmentId)}
                >
                  {t('unsaved.open')}
                </Button>
                {entry.refusal === null ? null : (
                  <Button
                    size="sm"
                    aria-label={t('unsaved.discard.field', { field: unsavedWords(entry) })}
                    onClick={() => {
                      discard(userId, entry.appointmentId, fieldsOf(entry.patch));
                      offerBack(userId, [entry]);
                    }}
                  >
                    {t('unsaved.discard')}
                  </Button>
                )}
              </span>
            </div>
          ))
        : null}
      {isShown && left.length > MOST ? (
        <p className="bg-warning-soft px-4 pb-1 text-warning">{t('unsaved.more', { count: left.length - MOST })}</p>
      ) : null}
    </div>
  );
}
