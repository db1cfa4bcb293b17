import { t } from '@/i18n/t';
import { readyKind } from '@/lib/promise';
import { shortSpan, spanWords } from '@/lib/time';
import type { BoardCard } from '@/types';

/** What `CardTime` says; null where it says nothing. */
export function timeInState(card: BoardCard, now: number): string | null {
  if (card.status !== 'IN_PROGRESS' && card.status !== 'READY') return null;
  // Its mark says since when.
  if (card.status === 'READY' && readyKind(card, now) === 'since') return null;
  return shortSpan(now - Date.parse(card.statusSince));
}

/** How long the job has been in its state; booked jobs have not begun to wait. */
export function CardTime({ card, now }: { card: BoardCard; now: number }) {
  const words = timeInState(card, now);
  if (words === null) return null;
  const span = spanWords(now - Date.parse(card.statusSince));
  return (
    <span className="tabular" title={t('card.inState', { span })}>
      <span aria-hidden>{words}</span>
      <span className="sr-only">{t('card.inState', { span })}</span>
    </span>
  );
}
