import { t } from '@/i18n/t';
import { useNow } from '@/lib/now';
import { shortSpan, spanWords } from '@/lib/time';
import type { BoardCard } from '@/types';

/** How long the job has been in its state; booked jobs have not begun to wait. */
export function CardTime({ card }: { card: BoardCard }) {
  const now = useNow();
  if (card.status !== 'IN_PROGRESS' && card.status !== 'READY') return null;
  const length = now - Date.parse(card.statusSince);
  const span = spanWords(length);
  return (
    <span className="tabular" title={t('card.inState', { span })}>
      <span aria-hidden>{shortSpan(length)}</span>
      <span className="sr-only">{t('card.inState', { span })}</span>
    </span>
  );
}
