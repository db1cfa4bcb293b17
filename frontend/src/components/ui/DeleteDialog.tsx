import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';
import { Button } from './Button';
import { Dialog } from './Dialog';
import { toast } from './toast-store';

interface DeleteDialogProps {
  title: string;
  /** What goes and what stays. */
  lead: string;
  /** What the button does. */
  submit: string;
  /** What is told afterwards. */
  done: string;
  /** What stands before the reason where it was refused. */
  failed?: string;
  deletion: { isPending: boolean; error: Error | null };
  onDelete: (told: { onSuccess: () => void }) => void;
  onClose: () => void;
}

/** Asks once more before something goes for good. */
export function DeleteDialog({ title, lead, submit, done, failed, deletion, onDelete, onClose }: DeleteDialogProps) {
  const onSuccess = (): void => {
    toast({ tone: 'success', title: done });
    onClose();
  };
  return (
    <Dialog
      title={title}
      size="sm"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button tone="danger" isPending={deletion.isPending} pendingLabel={t('action.saving')} onClick={() => onDelete({ onSuccess })}>
            {submit}
          </Button>
        </>
      }
    >
      <p>{lead}</p>
      {deletion.error ? (
        <p role="alert" className="mt-3 font-medium text-danger">
          {[failed, errorWords(deletion.error)].filter(Boolean).join('. ')}
        </p>
      ) : null}
    </Dialog>
  );
}
