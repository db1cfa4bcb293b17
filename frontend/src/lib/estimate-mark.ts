import type { LucideIcon } from 'lucide-react';
import { Check, CheckCheck, CircleHelp, Eye, RotateCcw, SendHorizontal, X } from 'lucide-react';
import { t } from '@/i18n/t';
import type { BoardCard } from '@/types';

type CardEstimate = NonNullable<BoardCard['estimate']>;

/** The tones of a badge that it needs. */
type Tone = 'neutral' | 'info' | 'success' | 'warning';

const MARKS: Record<CardEstimate['state'], { icon: LucideIcon; tone: Tone }> = {
  sent: { icon: SendHorizontal, tone: 'neutral' },
  opened: { icon: Eye, tone: 'info' },
  question: { icon: CircleHelp, tone: 'warning' },
  changed: { icon: RotateCcw, tone: 'warning' },
  partly: { icon: Check, tone: 'success' },
  approved: { icon: CheckCheck, tone: 'success' },
  declined: { icon: X, tone: 'neutral' },
};

export interface EstimateMark {
  icon: LucideIcon;
  tone: Tone;
  words: string;
}

/** How an estimate stands, as a chip: a sign, a word, and how many of the offered jobs are approved. */
export function estimateMark({ state, approved, offered }: CardEstimate): EstimateMark {
  return { ...MARKS[state], words: t(`card.estimate.${state}`, { approved, offered }) };
}
