import type { LucideIcon } from 'lucide-react';
import { Armchair, CircleAlert, Clock, DollarSign, History, Layers2, MessageSquare, TriangleAlert } from 'lucide-react';
import type { BadgeTone } from '@/components/ui/Badge';
import { Badge } from '@/components/ui/Badge';
import { hasWord, t } from '@/i18n/t';
import { moneyText } from '@/lib/money';
import { useNow } from '@/lib/now';
import { formatDay, formatTime, localDate, promiseWords } from '@/lib/time';
import type { BoardCard } from '@/types';
import { dueCents } from './card-words';

interface Flag {
  id: string;
  icon: LucideIcon;
  tone: BadgeTone;
  words: string;
  /** Longer words for the tooltip and the reader. */
  full?: string;
}

/** When the job is due, or when it was booked for, as the first of its marks. */
function timeFlag(card: BoardCard, now: number, zone: string): Flag {
  const isClosed = card.status === 'COMPLETED' || card.status === 'CANCELED' || card.status === 'NO_SHOW';
  const promise = promiseWords(card.promisedAt, now, zone);
  if (!isClosed && promise.tone === 'late') return { id: 'time', icon: TriangleAlert, tone: 'danger', words: promise.words };
  if (!isClosed && promise.tone === 'soon') return { id: 'time', icon: CircleAlert, tone: 'warning', words: promise.words };
  if (!isClosed && card.status !== 'SCHEDULED' && promise.tone === 'far') {
    return { id: 'time', icon: Clock, tone: 'neutral', words: promise.words };
  }
  const day = localDate(card.start, zone);
  const words = day === localDate(now, zone) ? formatTime(card.start, zone) : formatDay(day);
  return { id: 'time', icon: Clock, tone: 'neutral', words };
}

/** What deserves a glance, most pressing first. */
export function flagsOf(card: BoardCard, now: number, zone: string): Flag[] {
  const flags = [timeFlag(card, now, zone)];
  if (card.flags.includes('waiting') && card.checkOutAt === null) {
    flags.push({ id: 'waiting', icon: Armchair, tone: 'info', words: t('flag.waiting') });
  }
  const due = dueCents(card);
  if (due > 0) flags.push({ id: 'due', icon: DollarSign, tone: 'danger', words: t('card.due', { amount: moneyText(due) }) });
  if (card.unreadCount > 0) {
    flags.push({
      id: 'unread',
      icon: MessageSquare,
      tone: 'info',
      words: String(card.unreadCount),
      full: t('card.unread', { count: card.unreadCount }),
    });
  }
  if (card.carryOver) {
    flags.push({
      id: 'carry',
      icon: History,
      tone: 'warning',
      words: t('card.carryOver'),
      full: t('card.carryOver.since', { day: formatDay(card.day) }),
    });
  }
  if (card.flags.includes('overbooked')) flags.push({ id: 'over', icon: Layers2, tone: 'warning', words: t('flag.overbooked') });
  for (const flag of card.flags) {
    const key = `flag.${flag}`;
    if (flag !== 'waiting' && flag !== 'overbooked' && hasWord(key)) {
      flags.push({ id: flag, icon: CircleAlert, tone: 'info', words: t(key) });
    }
  }
  return flags;
}

/** The first two marks in words; the rest counted, with their words for pointer and reader. */
export function CardFlags({ card, zone }: { card: BoardCard; zone: string }) {
  const flags = flagsOf(card, useNow(), zone);
  const shown = flags.slice(0, 2);
  const rest = flags.slice(2);
  const restWords = rest.map((flag) => flag.full ?? flag.words).join(', ');
  return (
    <span className="flex min-w-0 items-center gap-1">
      {shown.map((flag, index) => (
        <span key={flag.id} title={flag.full ?? flag.words} className={index === 0 ? 'shrink-0' : 'min-w-0'}>
          <Badge tone={flag.tone} icon={flag.icon}>
            {flag.full ? (
              <>
                <span aria-hidden>{flag.words}</span>
                <span className="sr-only">{flag.full}</span>
              </>
            ) : (
              flag.words
            )}
          </Badge>
        </span>
      ))}
      {rest.length > 0 ? (
        <span title={restWords} className="relative z-[1] shrink-0 text-xs text-muted">
          <span aria-hidden>{t('card.more', { count: rest.length })}</span>
          <span className="sr-only">{restWords}</span>
        </span>
      ) : null}
    </span>
  );
}
