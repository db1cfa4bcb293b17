import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import '@/i18n/late/messages';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { formatTime } from '@/lib/time';
import type { Message } from '@/types';

interface AnsweredDialogProps {
  theirs: Message;
  yours: string;
  zone: string;
  isPending: boolean;
  onSend: () => void;
  onClose: () => void;
}

/** A colleague was quicker: both texts, before a second one goes out. */
export function AnsweredDialog({ theirs, yours, zone, isPending, onSend, onClose }: AnsweredDialogProps) {
  const name = theirs.by ?? t('messages.out');
  const leave = (): void => {
    announce(t('answered.kept'));
    onClose();
  };
  return (
    <Dialog
      title={t('answered.title', { name })}
      size="sm"
      onClose={leave}
      footer={
        <>
          <Button onClick={leave}>{t('answered.leave')}</Button>
          <Button tone="primary" isPending={isPending} pendingLabel={t('composer.sending')} onClick={onSend}>
            {t('answered.send')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p className="text-muted">{t('answered.lead')}</p>
        <Quoted label={t('answered.theirs', { name, time: formatTime(theirs.createdAt, zone) })} text={theirs.body} />
        <Quoted label={t('answered.yours')} text={yours} />
      </div>
    </Dialog>
  );
}

function Quoted({ label, text }: { label: string; text: string }) {
  return (
    <figure>
      <figcaption className="text-xs font-medium text-muted">{label}</figcaption>
      <blockquote className="mt-1 rounded-control border border-line bg-sunken px-3 py-2 break-words whitespace-pre-wrap">{text}</blockquote>
    </figure>
  );
}
