import type { LucideIcon } from 'lucide-react';
import { Ban, CalendarDays, CheckCheck, CircleCheck, UserX, Wrench } from 'lucide-react';
import type { WordKey } from '@/i18n/en';
import { t } from '@/i18n/t';
import type { Permission, Status } from '@/types';

interface StatusLook {
  icon: LucideIcon;
  word: WordKey;
  /** The letter that picks it in *Move to…*. */
  letter: string;
  /** Text and soft ground of a pill. */
  pill: string;
  /** Left edge of a card. */
  edge: string;
  /** Solid mark, such as a dot or bar. */
  solid: string;
}

/** Sign, word and colour of each state: the only place that says how a state looks. */
export const STATUS: Record<Status, StatusLook> = {
  SCHEDULED: {
    icon: CalendarDays,
    word: 'status.scheduled',
    letter: 's',
    pill: 'bg-scheduled-soft text-scheduled',
    edge: 'border-l-scheduled-edge',
    solid: 'bg-scheduled-edge',
  },
  IN_PROGRESS: {
    icon: Wrench,
    word: 'status.inProgress',
    letter: 'i',
    pill: 'bg-in-progress-soft text-in-progress',
    edge: 'border-l-in-progress-edge',
    solid: 'bg-in-progress-edge',
  },
  READY: {
    icon: CircleCheck,
    word: 'status.ready',
    letter: 'r',
    pill: 'bg-ready-soft text-ready',
    edge: 'border-l-ready-edge',
    solid: 'bg-ready-edge',
  },
  COMPLETED: {
    icon: CheckCheck,
    word: 'status.completed',
    letter: 'c',
    pill: 'bg-completed-soft text-completed',
    edge: 'border-l-completed-edge',
    solid: 'bg-completed-edge',
  },
  CANCELED: {
    icon: Ban,
    word: 'status.canceled',
    letter: 'x',
    pill: 'bg-canceled-soft text-canceled',
    edge: 'border-l-canceled-edge border-l-dashed',
    solid: 'bg-canceled-edge',
  },
  NO_SHOW: {
    icon: UserX,
    word: 'status.noShow',
    letter: 'n',
    pill: 'bg-no-show-soft text-no-show',
    edge: 'border-l-no-show-edge',
    solid: 'bg-no-show-edge',
  },
};

export const STATUSES: readonly Status[] = ['SCHEDULED', 'IN_PROGRESS', 'READY', 'COMPLETED', 'CANCELED', 'NO_SHOW'];

const ALLOWED: Record<Status, readonly Status[]> = {
  SCHEDULED: ['IN_PROGRESS', 'CANCELED', 'NO_SHOW'],
  IN_PROGRESS: ['READY', 'SCHEDULED', 'CANCELED'],
  READY: ['COMPLETED', 'IN_PROGRESS'],
  COMPLETED: ['READY'],
  CANCELED: ['SCHEDULED'],
  NO_SHOW: ['SCHEDULED'],
};

/** Why a move is not offered, or null when it is. The server judges again. */
export function moveRefusal(from: Status, to: Status, can: (permission: Permission) => boolean): WordKey | null {
  if (!can('appointment:move')) return 'move.refused.permission';
  if (from === to) return null;
  if (!ALLOWED[from].includes(to)) return 'move.refused.transition';
  if (to === 'COMPLETED' && !can('appointment:complete')) return 'move.refused.complete';
  if (from === 'COMPLETED' && !can('appointment:reopen')) return 'move.refused.reopen';
  return null;
}

/** The first state of the shortest way to another one that this person may go; null where there is none. */
function firstStep(from: Status, to: Status, can: (permission: Permission) => boolean): Status | null {
  const reached = new Map<Status, Status | null>([[from, null]]);
  for (const [status, first] of reached) {
    for (const next of ALLOWED[status]) {
      if (reached.has(next) || moveRefusal(status, next, can) !== null) continue;
      if (next === to) return first ?? next;
      reached.set(next, first ?? next);
    }
  }
  return null;
}

/** Why a move is refused and what would do, in words: `Not possible from Scheduled. Move it to In progress first.` */
export function refusalWords(from: Status, to: Status, can: (permission: Permission) => boolean): string | null {
  const refusal = moveRefusal(from, to, can);
  if (refusal === null) return null;
  const words = t(refusal, { status: t(STATUS[from].word) });
  const first = refusal === 'move.refused.transition' ? firstStep(from, to, can) : null;
  return first === null ? words : `${words} ${t('move.refused.first', { status: t(STATUS[first].word) })}`;
}

/** The states that a move to this one starts from. */
export function originsOf(to: Status): Status[] {
  return STATUSES.filter((status) => ALLOWED[status].includes(to));
}

/** The kind of the check that the work has not passed. */
export type FailedCheck = 'test_drive' | 'quality';

/** What a card's flags say of it. */
export function failedCheckOf({ flags }: { flags: readonly string[] }): FailedCheck | null {
  if (flags.includes('testDriveFailed')) return 'test_drive';
  return flags.includes('qualityFailed') ? 'quality' : null;
}

/** What is asked before a job goes to Ready that needs a reason for it. */
export function readyReasonWords(card: string, failed: FailedCheck | null): { title: string; lead: string; submitLabel: string } {
  if (failed === null) return { title: t('move.reason.title'), lead: t('move.reason.lead', { card }), submitLabel: t('move.reason.submit') };
  return { title: t(`move.check.${failed}`), lead: t('move.check.lead', { card }), submitLabel: t('move.check.submit') };
}

/** Taking finished work back is recorded with a reason; so is telling the customer that a car is ready whose check was not good. */
export function needsReason(from: Status, to: Status, failed: FailedCheck | null = null): boolean {
  return to === 'READY' && (from === 'COMPLETED' || (from === 'IN_PROGRESS' && failed !== null));
}
