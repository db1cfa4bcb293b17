import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { Field } from '@/components/ui/Field';
import { Input } from '@/components/ui/Input';
import { t } from '@/i18n/t';
import { fromServer } from './collisions';
import { clashWords, eventName, planWords } from './labels';
import type { Overlap } from './useMoves';

interface OverlapDialogProps {
  overlap: Overlap;
  zone: string;
  canOverbook: boolean;
  isPending: boolean;
  onClose: () => void;
  onOverride: (reason: string) => void;
}

/** The time was taken: by what, and for those who may, the way to book over it on purpose. */
export function OverlapDialog({ overlap, zone, canOverbook, isPending, onClose, onOverride }: OverlapDialogProps) {
  const [reason, setReason] = useState('');
  const [error, setError] = useState<string | null>(null);
  const { move, collisions } = overlap;
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    if (reason.trim()) onOverride(reason.trim());
    else setError(t('calendar.overlap.reason.need'));
  };
  return (
    <Dialog
      title={t('calendar.overlap.title')}
      onClose={onClose}
      // What had focus has been drawn anew: the appointment went back, or stands where it was booked.
      returnFocus={() => {
        const place = document.querySelector<HTMLElement>(`[data-stop="${CSS.escape(move.event.id)}"]`);
        place?.focus();
        return place !== null;
      }}
      footer={
        <>
          <Button onClick={onClose}>{t(canOverbook ? 'calendar.overlap.keep' : 'action.close')}</Button>
          {canOverbook ? (
            <Button tone="primary" type="submit" form="overlap-form" isPending={isPending} pendingLabel={t('calendar.overlap.pending')}>
              {t('calendar.overlap.submit')}
            </Button>
          ) : null}
        </>
      }
    >
      <p>{t('calendar.overlap.lead', { name: eventName(move.event), plan: planWords(move.plan, zone) })}</p>
      <ul role="list" className="my-3 flex flex-col gap-1.5">
        {fromServer(collisions).map((clash) => (
          <li key={`${clash.kind} ${clash.id}`} className="tabular rounded-control bg-danger-soft px-3 py-2 text-danger">
            {clashWords(clash, zone)}
          </li>
        ))}
      </ul>
      <p className="text-muted">{t('calendar.overlap.back')}</p>
      {canOverbook ? (
        <form id="overlap-form" noValidate onSubmit={submit} className="mt-4">
          <Field label={t('calendar.overlap.reason')} hint={t('calendar.overlap.reason.hint')} error={error ?? undefined}>
            {(control) => (
              <Input
                {...control}
                data-autofocus
                maxLength={200}
                value={reason}
                onChange={(event) => {
                  setReason(event.target.value);
                  setError(null);
                }}
              />
            )}
          </Field>
        </form>
      ) : (
        <p className="mt-2">{t('calendar.overlap.forbidden')}</p>
      )}
    </Dialog>
  );
}
