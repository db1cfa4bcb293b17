import { MessageSquareWarning } from 'lucide-react';
import { Button } from '@/components/ui/Button';
import { useSession } from '@/contexts/SessionContext';
import { t } from '@/i18n/t';
import { useOpenReviews } from '@/lib/open-reviews';

interface ReviewBannerProps {
  jobId: string;
  locationId: string;
  phone: string | null;
  /** Shows the texts, where it is decided. */
  onOpen: () => void;
}

/** Above a job whose customer wrote what a person must read: nothing goes out by itself until it is decided. */
export function ReviewBanner({ jobId, locationId, phone, onOpen }: ReviewBannerProps) {
  const { can, me } = useSession();
  const review = useOpenReviews(locationId, can('message:view') && me.flags.messaging).find((one) => one.appointmentId === jobId || (phone !== null && one.phone === phone));
  if (!review) return null;
  return (
    <div role="status" data-review-banner className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 bg-warning-soft px-4 py-1.5 text-warning">
      <p className="flex min-w-0 flex-1 items-start gap-2 font-medium">
        <MessageSquareWarning size={16} aria-hidden className="mt-0.5 shrink-0" />
        <span className="min-w-0 break-words">{review.text ? t('drawer.review', { text: review.text }) : t('drawer.review.plain')}</span>
      </p>
      <Button size="sm" onClick={onOpen}>
        {t('drawer.review.open')}
      </Button>
    </div>
  );
}
