import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { t } from '@/i18n/t';
import { useNow } from '@/lib/now';
import { addDays, formatDay, formatTime } from '@/lib/time';
import type { BooksDay } from '@/types';

interface CloseEarlyProps {
  figures: BooksDay;
  zone: string;
  onClose: () => void;
  onConfirm: () => void;
}

/** Asks before today is closed while money may still come: a close can't be taken back, and what comes later is tomorrow's. */
export function CloseEarly({ figures, zone, onClose, onConfirm }: CloseEarlyProps) {
  const { day, openVisits, shopClosesAt } = figures;
  const isOpen = useNow() < Date.parse(shopClosesAt);
  return (
    <Dialog
      title={t('day.early.title', { day: formatDay(day) })}
      size="sm"
      onClose={onClose}
      footer={
        <>
          <Button data-autofocus onClick={onClose}>
            {t('day.early.keep')}
          </Button>
          <Button tone="danger" onClick={onConfirm}>
            {t('day.early.close')}
          </Button>
        </>
      }
    >
      <ul role="list" className="flex list-disc flex-col gap-1 pl-5">
        {openVisits > 0 ? <li>{t('day.early.visits', { count: openVisits })}</li> : null}
        {isOpen ? <li>{t('day.early.until', { time: formatTime(shopClosesAt, zone) })}</li> : null}
      </ul>
      <p className="mt-3">{t('day.early.then', { day: formatDay(addDays(day, 1)) })}</p>
    </Dialog>
  );
}
