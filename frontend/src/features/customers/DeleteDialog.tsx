import { useId } from 'react';
import { ApiError } from '@/api';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { useAppointmentActions } from '@/contexts/AppointmentContext';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';

interface DeleteDialogProps {
  title: string;
  /** What goes and what stays. */
  detail: string;
  /** Who or what, for the words of a refusal. */
  name: string;
  onDelete: () => void;
  onClose: () => void;
  isPending: boolean;
  error: Error | null;
}

interface OpenJob {
  id: string;
  number: number;
}

/** Asks before a record is deleted; a refusal names the open jobs that stand in the way, each with its door. */
export function DeleteDialog({ title, detail, name, onDelete, onClose, isPending, error }: DeleteDialogProps) {
  const id = useId();
  const { open } = useAppointmentActions();
  const jobs = error instanceof ApiError && error.code === 'open_appointments' ? (error.extra<OpenJob[]>('appointments') ?? []) : [];
  return (
    <Dialog
      title={title}
      size="sm"
      onClose={onClose}
      footer={
        <>
          <Button data-autofocus onClick={onClose}>{t(jobs.length > 0 ? 'action.close' : 'action.cancel')}</Button>
          {jobs.length > 0 ? null : (
            <Button tone="danger" isPending={isPending} pendingLabel={t('customer.delete.pending')} onClick={onDelete}>
              {t('action.delete')}
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {jobs.length === 0 ? <p>{detail}</p> : null}
        {error ? (
          <div role="alert" className="rounded-control bg-danger-soft px-3 py-2 font-medium text-danger">
            <p id={id}>{jobs.length > 0 ? t('customer.delete.refused', { name, count: jobs.length }) : errorWords(error)}</p>
          </div>
        ) : null}
        {jobs.length > 0 ? (
          <ul role="list" aria-labelledby={id} className="flex flex-wrap gap-2">
            {jobs.map((job) => (
              <li key={job.id}>
                <Button
                  size="sm"
                  onClick={() => {
                    onClose();
                    open(job.id);
                  }}
                >
                  {t('customer.delete.openJob', { number: String(job.number) })}
                </Button>
              </li>
            ))}
          </ul>
        ) : null}
      </div>
    </Dialog>
  );
}
