import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { toast } from '@/components/ui/toast-store';
import { t } from '@/i18n/t';
import { deleteAppointment, restoreAppointment } from '@/lib/data/appointments';
import { errorWords } from '@/lib/error-words';
import { appointmentKeys, boardKeys } from '@/lib/query-keys';
import type { Appointment } from '@/types';

interface DeleteDialogProps {
  appointment: Pick<Appointment, 'id' | 'number' | 'version'>;
  onClose: () => void;
  onDeleted: () => void;
}

/** Takes the job off every list, with ten seconds to take it back. */
export function DeleteDialog({ appointment, onClose, onDeleted }: DeleteDialogProps) {
  const client = useQueryClient();
  const number = String(appointment.number);
  const refresh = (): void => {
    void client.invalidateQueries({ queryKey: boardKeys.all });
    void client.invalidateQueries({ queryKey: appointmentKeys.all });
  };
  const restore = (): void => {
    restoreAppointment(appointment.id)
      .then(() => toast({ tone: 'success', title: t('drawer.restored', { number }) }))
      .catch((error: unknown) => toast({ tone: 'error', title: errorWords(error) }))
      .finally(refresh);
  };
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => deleteAppointment(appointment.id, appointment.version),
    onSuccess: () => {
      onDeleted();
      refresh();
      toast({ tone: 'success', title: t('drawer.deleted', { number }), action: { label: t('action.undo'), run: restore } });
    },
  });
  return (
    <Dialog
      title={t('drawer.delete.title', { number })}
      size="sm"
      onClose={onClose}
      footer={
        <>
          <Button data-autofocus onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button tone="danger" isPending={isPending} pendingLabel={t('drawer.delete.pending')} onClick={() => mutate()}>
            {t('drawer.delete.submit')}
          </Button>
        </>
      }
    >
      <p className="text-muted">{t('drawer.delete.lead')}</p>
      {error ? (
        <p role="alert" className="mt-3 font-medium text-danger">
          {errorWords(error)}
        </p>
      ) : null}
    </Dialog>
  );
}
