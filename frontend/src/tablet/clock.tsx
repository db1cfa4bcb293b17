import { Coffee, Ellipsis, HandHelping, PackageSearch, SquareCheckBig, ThumbsUp } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useState } from 'react';
import { MenuPanel } from '@/components/ui/Menu';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { HOUR } from '@/lib/time';
import type { Day, Timer, Visit } from '@/offline/types';
import { act } from './act';
import { carOf, setNeeds, startTimer, stopTimer } from './acts';
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

/** The visit whose clock runs. */
export function runningVisit(day: Day | null): Visit | null {
  return day?.appointments.find((visit) => visit.id === day.timer?.appointmentId) ?? null;
}

/** Milliseconds that one's own clock has run on a visit. */
export function workedOn(visit: Visit, running: Timer | null, now: number): number {
  const timers = running?.appointmentId === visit.id ? [...visit.timers.filter((one) => one.id !== running.id), running] : visit.timers;
  return timers.reduce((sum, one) => sum + Math.max(0, (one.stoppedAt === null ? now : Date.parse(one.stoppedAt)) - Date.parse(one.startedAt)), 0);
}
/** Hours sold on a visit's jobs; null where none are. */
export function soldOn(visit: Visit): number | null {
  const hours = visit.jobs.flatMap((job) => (job.hours === null ? [] : [Number(job.hours)]));
  return hours.length > 0 ? hours.reduce((sum, one) => sum + one, 0) : null;
}
export const inHours = (milliseconds: number): string => (milliseconds / HOUR).toFixed(1);

async function stop(visit: Visit, timer: Timer, reason: Reason): Promise<void> {
  await act(stopTimer(visit, timer, reason === 'done' ? null : reason));
  if (reason === 'needs_part' && !visit.needsPart) await act(setNeeds(visit, { needsPart: true }));
  if (reason === 'needs_approval' && !visit.needsApproval) await act(setNeeds(visit, { needsApproval: true }));
}

interface Asking {
  anchor: HTMLElement;
  visit: Visit;
  timer: Timer;
  next: Visit | null;
}

/** One clock: starting a job stops the one that runs, and asks why. `sheet` belongs into the page. */
export function useClock() {
  const { day } = useWork();
  const [asking, setAsking] = useState<Asking | null>(null);
  const running = runningVisit(day);
  const timer = day?.timer ?? null;

  const begin = async (visit: Visit): Promise<void> => {
    if (await act(startTimer(visit))) announce(t('tablet.clock.started', { car: carOf(visit) }));
  };
  const start = (visit: Visit, anchor: HTMLElement): void => {
    if (running && timer && running.id !== visit.id) setAsking({ anchor, visit: running, timer, next: visit });
    else if (!timer) void begin(visit);
  };
  const pause = (visit: Visit, anchor: HTMLElement): void => {
    if (timer) setAsking({ anchor, visit, timer, next: null });
  };
  /** The flag says the reason already. */
  const pauseFor = async (visit: Visit, reason: Reason): Promise<void> => {
    if (timer?.appointmentId === visit.id) await stop(visit, timer, reason);
  };

  const sheet = asking ? (
    <MenuPanel
      label={asking.next ? t('tablet.clock.why.switch', { car: carOf(asking.visit) }) : t('tablet.clock.why')}
      anchor={asking.anchor}
      onClose={() => setAsking(null)}
      items={REASONS.map(({ id, icon }) => ({
        id,
        icon,
        label: t(`tablet.reason.${id}`),
        onSelect: () => {
          const { visit, next } = asking;
          void stop(visit, asking.timer, id).then(() => (next ? begin(next) : announce(t('tablet.clock.stopped', { car: carOf(visit) }))));
        },
      }))}
    />
  ) : null;
  return { timer, running, start, pause, pauseFor, sheet };
}
