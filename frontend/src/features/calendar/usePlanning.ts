import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useRef, useState } from 'react';
import { toast } from '@/components/ui/toast-store';
import '@/i18n/late/calendar';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { useRested } from '@/lib/debounce';
import { clashesOf } from './collisions';
import { clashWords, eventName, planWords } from './labels';
import { isSamePlan, planOf } from './plan';
import { calendarQueries } from './queries';
import type { CalendarEvent, Clash, Plan } from './types';
import { isMovable } from './types';

export interface Planning {
  event: CalendarEvent;
  plan: Plan;
  by: 'pointer' | 'keys';
}

export interface Planner {
  planning: Planning | null;
  /** What the plan would meet: known at once from what is loaded, then as the server says. */
  clashes: Clash[];
  /** False when it cannot be moved; the reason is told to the person. */
  begin: (event: CalendarEvent, by: Planning['by'], plan?: Plan) => boolean;
  /** A new plan; by keys it is spoken. */
  change: (plan: Plan) => void;
  commit: () => void;
  cancel: () => void;
}

const REST = 250;

/** The move that is being planned, by pointer or by keys, before it is sent. */
export function usePlanner(
  events: readonly CalendarEvent[],
  zone: string,
  canEdit: boolean,
  send: (event: CalendarEvent, plan: Plan) => void,
): Planner {
  const [planning, setPlanning] = useState<Planning | null>(null);

  const local = useMemo(() => (planning ? clashesOf(planning.event, planning.plan, events) : []), [planning, events]);
  const rested = useRested(planning, REST);
  const isRested = planning !== null && rested === planning && !isSamePlan(planning.plan, planOf(planning.event));
  const asked = isRested ? planning : null;
  const { data: told } = useQuery(calendarQueries.preview(asked));
  const clashes = asked && told ? told : local;

  // What is held right now: several movements of the pointer may come before the next drawing.
  const held = useRef<Planning | null>(null);
  const hold = useCallback((next: Planning | null): void => {
    held.current = next;
    setPlanning(next);
  }, []);

  const begin = useCallback(
    (event: CalendarEvent, by: Planning['by'], plan: Plan = planOf(event)): boolean => {
      if (!canEdit) return false;
      const refusal = !isMovable(event) ? 'calendar.move.refused.finished' : event.isSaving ? 'calendar.move.refused.saving' : null;
      if (refusal) {
        toast({ tone: 'info', title: t(refusal) });
        return false;
      }
      hold({ event, plan, by });
      if (by === 'keys') announce(t('calendar.move.start', { name: eventName(event) }));
      return true;
    },
    [canEdit, hold],
  );
  const change = useCallback(
    (plan: Plan): void => {
      const { current } = held;
      if (!current || isSamePlan(plan, current.plan)) return;
      hold({ ...current, plan });
      if (current.by !== 'keys') return;
      const [clash] = clashesOf(current.event, plan, events);
      announce([planWords(plan, zone), clash ? clashWords(clash, zone) : null].filter(Boolean).join('. '));
    },
    [events, zone, hold],
  );
  const cancel = useCallback((): void => {
    const { current } = held;
    if (current?.by === 'keys') announce(t('calendar.move.canceled', { name: eventName(current.event) }));
    hold(null);
  }, [hold]);
  const commit = useCallback((): void => {
    const { current } = held;
    hold(null);
    if (!current) return;
    const { event, plan, by } = current;
    if (!isSamePlan(plan, planOf(event))) send(event, plan);
    else if (by === 'keys') announce(t('calendar.move.same', { name: eventName(event) }));
  }, [send, hold]);

  return useMemo(
    () => ({ planning, clashes, begin, change, commit, cancel }),
    [planning, clashes, begin, change, commit, cancel],
  );
}
