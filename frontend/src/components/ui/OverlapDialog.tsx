import { CalendarX2 } from 'lucide-react';
import { t } from '@/i18n/t';
import { formatTime } from '@/lib/time';
import type { Collision } from '@/types';
import { Button } from './Button';
import { Dialog } from './Dialog';
import { ReasonDialog } from './ReasonDialog';

/** The jobs that a time collides with, each in one line. */
export function CollisionList({ collisions, zone }: { collisions: readonly Collision[]; zone: string }) {
  return (
    <ul role="list" className="flex flex-col gap-1.5">
      {collisions.map((one) => (
        <li key={`${one.id}${one.kind}`} className="flex items-start gap-2.5 rounded-control bg-warning-soft px-3 py-2 text-warning">
          <CalendarX2 size={16} aria-hidden className="mt-0.5 shrink-0" />
          <span className="min-w-0">
            <span className="block font-medium">
              {t(one.kind === 'bay' ? 'overlap.bay' : 'overlap.technician', {
                name: one.name ?? t('overlap.someone'),
                start: formatTime(one.start, zone),
                end: formatTime(one.end, zone),
              })}
            </span>
            <span className="block truncate">
              {[t('card.number', { number: String(one.number) }), one.vehicle, one.customerName].filter(Boolean).join(' · ')}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}

interface OverlapDialogProps {
  collisions: readonly Collision[];
  zone: string;
  /** Overbooking on purpose is for those who may, with a reason. */
  canOverride: boolean;
  isPending?: boolean;
  /** What was tried, where that is not in sight: `2019 Toyota Corolla on Fri, Nov 20, 9:30 AM collides with …`. */
  lead?: string;
  /** What the button says that overbooks nothing. */
  cancelLabel?: string;
  returnFocus?: () => boolean;
  onOverride: (reason: string) => void;
  onClose: () => void;
}

/** What collides, and for those who may: overbook on purpose, which is recorded with its reason. */
export function OverlapDialog({
  collisions,
  zone,
  canOverride,
  isPending = false,
  lead = t('overlap.lead'),
  cancelLabel,
  returnFocus,
  onOverride,
  onClose,
}: OverlapDialogProps) {
  if (canOverride) {
    return (
      <ReasonDialog
        title={t('overlap.title')}
        lead={`${lead} ${t('overlap.may')}`}
        submitLabel={t('overlap.submit')}
        cancelLabel={cancelLabel}
        returnFocus={returnFocus}
        isPending={isPending}
        onSubmit={onOverride}
        onClose={onClose}
      >
        <CollisionList collisions={collisions} zone={zone} />
      </ReasonDialog>
    );
  }
  return (
    <Dialog
      title={t('overlap.title')}
      size="sm"
      onClose={onClose}
      returnFocus={returnFocus}
      footer={<Button onClick={onClose}>{t('action.back')}</Button>}
    >
      <p className="mb-3 text-muted">{`${lead} ${t('overlap.refused')}`}</p>
      <CollisionList collisions={collisions} zone={zone} />
    </Dialog>
  );
}
