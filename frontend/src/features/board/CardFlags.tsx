import { clsx } from 'clsx';
import type { LucideIcon } from 'lucide-react';
import type { BadgeTone } from '@/components/ui/Badge';
import { Badge } from '@/components/ui/Badge';
import { hasWord, t } from '@/i18n/t';
import { estimateMark } from '@/lib/estimate-mark';
import { moneyText } from '@/lib/money';
import { jobPromise } from '@/lib/promise';
import { smallTextWidth } from '@/lib/text-width';
import { formatDay, formatMonthDay, localDate } from '@/lib/time';
import type { BoardCard } from '@/types';
import { timeInState } from './CardTime';
import type { ShownDays } from './card-words';
import { bookedWords, dueCents } from './card-words';
import { fitMarks } from './fit';
import { isAhead } from './order';
import { Armchair, CalendarCheck, CheckCheck, CircleAlert, CircleX, Clock, DollarSign, Hand, History, Layers2, MessageSquare, MessageSquareDashed, MessageSquareReply, MessageSquareWarning, MessageSquareX, PackageSearch, TriangleAlert } from './signs';
import type { TextFlag } from './text-flags';
import { useTextFlag } from './text-flags';

interface Flag {
  id: string;
  icon: LucideIcon;
  tone: BadgeTone;
  words: string;
  /** Longer words for the tooltip and the reader. */
  full?: string;
}

/** When the job is due, or when it was booked for, as the first of its marks. */
function timeFlag(card: BoardCard, now: number, zone: string, days: ShownDays): Flag {
  // A car of today that would stay until another day's board: how late it is now is no news of that day.
  if (isAhead(days) && card.carryOver && card.promisedAt !== null) {
    const time = formatMonthDay(localDate(card.promisedAt, zone));
    return { id: 'time', icon: Clock, tone: 'neutral', words: t('promise.by', { time }) };
  }
  const promise = jobPromise(card, now, zone);
  if (promise.tone === 'late') return { id: 'time', icon: TriangleAlert, tone: 'danger', words: promise.words };
  if (promise.tone === 'soon' || promise.tone === 'missed') {
    return { id: 'time', icon: CircleAlert, tone: 'warning', words: promise.words };
  }
  if (promise.tone === 'far' && card.status !== 'SCHEDULED') return { id: 'time', icon: Clock, tone: 'neutral', words: promise.words };
  return { id: 'time', icon: Clock, tone: 'neutral', words: bookedWords(card, zone, days) };
}

/** Flags that stand where they are said above, not at the end. */
const OWN_PLACE: ReadonlySet<string> = new Set(['waiting', 'overbooked', 'confirmed', 'needsPart', 'needsApproval', 'testDriveFailed', 'qualityFailed', 'workDone']);

/** What deserves a glance, most pressing first. */
export function flagsOf(card: BoardCard, now: number, zone: string, days: ShownDays, text?: TextFlag): Flag[] {
  const flags = [timeFlag(card, now, zone, days)];
  if (card.flags.includes('waiting') && card.checkOutAt === null) {
    flags.push({ id: 'waiting', icon: Armchair, tone: 'info', words: t('flag.waiting') });
  }
  // What work waits for keeps a bay busy: it stands before money and texts.
  if (card.flags.includes('needsPart')) flags.push({ id: 'part', icon: PackageSearch, tone: 'warning', words: t('flag.needsPart') });
  if (card.flags.includes('needsApproval')) flags.push({ id: 'approval', icon: Hand, tone: 'warning', words: t('flag.needsApproval') });
  if (card.flags.includes('testDriveFailed')) flags.push({ id: 'check', icon: CircleX, tone: 'danger', words: t('flag.testDriveFailed') });
  if (card.flags.includes('qualityFailed')) flags.push({ id: 'check', icon: CircleX, tone: 'danger', words: t('flag.qualityFailed') });
  if (card.flags.includes('workDone')) flags.push({ id: 'done', icon: CheckCheck, tone: 'success', words: t('flag.workDone') });
  const due = dueCents(card);
  if (due > 0) flags.push({ id: 'due', icon: DollarSign, tone: 'danger', words: t('card.due', { amount: moneyText(due) }) });
  if (card.estimate) flags.push({ id: 'estimate', ...estimateMark(card.estimate) });
  if (text === 'text_failed') flags.push({ id: 'failed', icon: MessageSquareX, tone: 'danger', words: t('flag.text_failed') });
  if (text === 'text_review') flags.push({ id: 'review', icon: MessageSquareWarning, tone: 'warning', words: t('flag.text_review') });
  if (text === 'text_proposed') flags.push({ id: 'proposed', icon: MessageSquareReply, tone: 'warning', words: t('flag.text_proposed') });
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
  if (card.flags.includes('confirmed')) flags.push({ id: 'confirmed', icon: CalendarCheck, tone: 'success', words: t('flag.confirmed') });
  if (text === 'text_held') flags.push({ id: 'held', icon: MessageSquareDashed, tone: 'warning', words: t('flag.text_held') });
  for (const flag of card.flags) {
    const key = `flag.${flag}`;
    if (!OWN_PLACE.has(flag) && hasWord(key)) {
      flags.push({ id: flag, icon: CircleAlert, tone: 'info', words: t(key) });
    }
  }
  return flags;
}

/** Pixels of the card's last line: a chip's padding with its sign, the sign's distance from the words, and distances. */
const CHIP = 24;
const SIGN_GAP = 4;
const GAP = 4;
const TECH = 24;
const RIGHT_GAP = 6;

/** What the right end of the card's last line takes: the time in the state, the money of a dense card, the technician. */
function rightEnd(card: BoardCard, now: number, isDense: boolean): number {
  const time = timeInState(card, now);
  const money = isDense && card.totalCents !== undefined ? moneyText(card.totalCents, 'USD', true) : null;
  const texts = [time, money].filter((text) => text !== null);
  return RIGHT_GAP + texts.reduce((sum, text) => sum + smallTextWidth(text) + RIGHT_GAP, TECH);
}

interface CardFlagsProps {
  card: BoardCard;
  now: number;
  zone: string;
  days: ShownDays;
  room: number;
  isDense: boolean;
}

/** `room` is the width of the card's last line in pixels; 0 is not known yet. */
export function CardFlags({ card, now, zone, days, room, isDense }: CardFlagsProps) {
  const flags = flagsOf(card, now, zone, days, useTextFlag(card.id));
  const forms = fitMarks(
    {
      words: flags.map((flag) => CHIP + SIGN_GAP + smallTextWidth(flag.words)),
      sign: CHIP,
      gap: GAP,
      more: smallTextWidth(t('card.more', { count: flags.length })),
    },
    room > 0 ? room - rightEnd(card, now, isDense) : Infinity,
  );
  const rest = flags.filter((_, index) => forms[index] === 'counted');
  const restWords = rest.map((flag) => flag.full ?? flag.words).join(', ');
  return (
    <span className="flex min-w-0 items-center gap-1">
      {flags.map((flag, index) => {
        const form = forms[index];
        const full = flag.full ?? flag.words;
        if (form === 'counted') return null;
        return (
          // A sign alone stands above the card's link, so that the pointer finds its title.
          <span key={flag.id} title={full} data-mark={form} className={clsx('flex shrink-0', form === 'sign' && 'relative z-[1]')}>
            <Badge tone={flag.tone} icon={flag.icon}>
              {form === 'sign' ? undefined : flag.full ? <span aria-hidden>{flag.words}</span> : flag.words}
            </Badge>
            {form === 'sign' || flag.full ? <span className="sr-only">{full}</span> : null}
          </span>
        );
      })}
      {rest.length > 0 ? (
        <span title={restWords} className="relative z-[1] shrink-0 text-xs text-muted">
          <span aria-hidden>{t('card.more', { count: rest.length })}</span>
          <span className="sr-only">{restWords}</span>
        </span>
      ) : null}
    </span>
  );
}
