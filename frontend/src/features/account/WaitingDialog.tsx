import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { t } from '@/i18n/t';

interface WaitingDialogProps {
  count: number;
  onClose: () => void;
  onLeave: () => void;
}

/** Somebody signs out while changes of theirs, made on the tablet's page, wait on this device. */
export function WaitingDialog({ count, onClose, onLeave }: WaitingDialogProps) {
  return (
    <Dialog
      title={t('leave.title', { count })}
      size="sm"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('leave.stay')}</Button>
          <Button tone="danger" onClick={onLeave}>
            {t('leave.signOut')}
          </Button>
        </>
      }
    >
      <p>{t('leave.detail')}</p>
    </Dialog>
  );
}
