import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { t } from '@/i18n/t';
import { errorWords } from '@/lib/error-words';

interface ConfirmDialogProps {
  title: string;
  /** What will happen, one paragraph each. */
  lines: readonly string[];
  label: string;
  pendingLabel: string;
  isPending: boolean;
  error: Error | null;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that others will notice. */
export function ConfirmDialog({ title, lines, label, pendingLabel, isPending, error, onConfirm, onClose }: ConfirmDialogProps) {
  return (
    <Dialog
      title={title}
      size="sm"
      onClose={onClose}
      footer={
        <>
          {/* The safe way has the focus: a key held too long shall not confirm. */}
          <Button data-autofocus onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button tone="danger" isPending={isPending} pendingLabel={pendingLabel} onClick={onConfirm}>
            {label}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {lines.map((line) => (
          <p key={line}>{line}</p>
        ))}
        {error ? (
          <p role="alert" className="rounded-control bg-danger-soft px-3 py-2 font-medium text-danger">
            {errorWords(error)}
          </p>
        ) : null}
      </div>
    </Dialog>
  );
}
