import { Coffee, Ellipsis, HandHelping, PackageSearch, SquareCheckBig, ThumbsUp } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useState } from 'react';
import { MenuPanel } from '@/components/ui/Menu';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import type { Day, Timer, Visit } from '@/offline/types';
import { act, actAll } from './act';
import { carOf, setNeeds, startTimer, stopElsewhere, stopTimer } from './acts';
import { useOnce } from './once';
import { useWork } from './work';

const REASONS: { id: 'done' | 'needs_part' | 'needs_approval' | 'break' | 'helps_elsewhere' | 'other'; icon: LucideIcon }[] = [
  { id: 'done', icon: SquareCheckBig },
  { id: 'needs_part', icon: PackageSearch },
  { id: 'needs_approval', icon: ThumbsUp },
  { id: 'break', icon: Coffee },
  { id: 'helps_elsewhere', icon: HandHelping },
  { id: 'other', icon: Ellipsis },
];
type Reason = (typeof REASONS)[number]['id'];

/** The visit whose clock runs; null where none runs, and where its job is no longer in one's day. */
export function runningVisit(day: Day | null): Visit | null {
  return day?.appointments.find((visit) => visit.id === day.timer?.appointmentId) ?? null;
}

async function stop(visit: Visit | null, timer: Timer, reason: Reason): Promise<boolean> {
  const why = reason === 'done' ? null : reason;
  // The shop marks a visit that is not in this day by itself.
  if (!visit) return act(stopElsewhere(timer, why, t('tablet.elsewhere')));
  const needs = [
    ...(reason === 'needs_part' && !visit.needsPart ? [setNeeds(visit, { needsPart: true })] : []),
    ...(reason === 'needs_approval' && !visit.needsApproval ? [setNeeds(visit, { needsApproval: true })] : []),
  ];
  return actAll(stopTimer(visit, timer, why), ...needs);
}

interface Next {
  visit: Visit;
  jobId: string | undefined;
}
interface Asking {
  anchor: HTMLElement;
  visit: Visit | null;
  timer: Timer;
  next: Next | null;
}

/** One clock: starting a job stops the one that runs, and asks why. `sheet` belongs into the page. */
export function useClock() {
  const { day } = useWork();
  const once = useOnce();
  const [asking, setAsking] = useState<Asking | null>(null);
  const running = runningVisit(day);
  const timer = day?.timer ?? null;

  const begin = async ({ visit, jobId }: Next): Promise<void> => {
    if (await act(startTimer(visit, jobId))) announce(t('tablet.clock.started', { car: carOf(visit) }));
  };
  /** On a visit, or on one of its jobs; where there is only one, it is that one. */
  const start = (visit: Visit, anchor: HTMLElement, jobId = visit.jobs.length === 1 ? visit.jobs[0]?.id : undefined): void => {
    const next = { visit, jobId };
    if (!timer) once(`start ${visit.id}`, () => begin(next));
    else if (timer.appointmentId !== visit.id) setAsking({ anchor, visit: running, timer, next });
    // From one job of a car to the next there is nothing to explain.
    else if (jobId !== undefined && timer.jobId !== jobId) once(`start ${jobId}`, async () => (await stop(visit, timer, 'done')) && begin(next));
  };
  const pause = (anchor: HTMLElement): void => {
    if (timer) setAsking({ anchor, visit: running, timer, next: null });
  };
  /** The flag says the reason already. */
  const pauseFor = async (visit: Visit, reason: Reason): Promise<void> => {
    if (timer?.appointmentId === visit.id) await stop(visit, timer, reason);
  };
  const choose = async ({ visit, timer: stopped, next }: Asking, reason: Reason): Promise<void> => {
    if (!(await stop(visit, stopped, reason))) return;
    if (next) await begin(next);
    else announce(t('tablet.clock.stopped', { car: visit ? carOf(visit) : t('tablet.elsewhere') }));
  };

  const sheet = asking ? (
    <MenuPanel
      label={asking.next ? t('tablet.clock.why.switch', { car: asking.visit ? carOf(asking.visit) : t('tablet.elsewhere') }) : t('tablet.clock.why')}
      anchor={asking.anchor}
      onClose={() => setAsking(null)}
      items={REASONS.map(({ id, icon }) => ({ id, icon, label: t(`tablet.reason.${id}`), onSelect: () => once(`stop ${asking.timer.id}`, () => choose(asking, id)) }))}
    />
  ) : null;
  return { timer, running, start, pause, pauseFor, sheet };
}
