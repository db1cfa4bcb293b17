import { Coffee, Ellipsis, HandHelping, PackageSearch, SquareCheckBig, ThumbsUp, Undo2 } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useRef, useState } from 'react';
import { Dialog } from '@/components/ui/Dialog';
import { MenuPanel } from '@/components/ui/Menu';
import { dismissToasts, toast } from '@/components/ui/toast-store';
import '@/i18n/late/tablet';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { useNow } from '@/lib/now';
import { HOUR, formatTime } from '@/lib/time';
import type { Day, NewOperation, Timer, Visit } from '@/offline/types';
import { act, actAll, keep } from './act';
import { carOf, setNeeds } from './acts';
import { bigClasses } from './big';
import { startTimer, stopTimer, takeBackStart } from './clock-acts';
import { useOnce } from './once';
import { WhichPart } from './WhichPart';
import { keeper, useWork } from './work';

const REASONS: { id: 'done' | 'needs_part' | 'needs_approval' | 'break' | 'helps_elsewhere' | 'other'; icon: LucideIcon }[] = [
  { id: 'done', icon: SquareCheckBig },
  { id: 'needs_part', icon: PackageSearch },
  { id: 'needs_approval', icon: ThumbsUp },
  { id: 'break', icon: Coffee },
  { id: 'helps_elsewhere', icon: HandHelping },
  { id: 'other', icon: Ellipsis },
];
type Reason = (typeof REASONS)[number]['id'];
/** A start is taken back at most so long after it, in milliseconds, as the shop has it. */
const MISTAKE = HOUR;
/** The message that says what the clock does, with the way back. */
const TOAST = 'clock';

/** The visit whose clock runs; null where none runs, and where its job is no longer in one's day. */
export function runningVisit(day: Day | null): Visit | null {
  return day?.appointments.find((visit) => visit.id === day.timer?.appointmentId) ?? null;
}

function needPart(visit: Visit, part: string): NewOperation {
  return setNeeds(visit, { needsPart: true, ...(part === '' ? {} : { wantedPart: part }) });
}
/** Takes a start back as if the clock had never run: what never left this tablet the shop need not hear of. */
async function takeBack(timer: Timer, car: string): Promise<boolean> {
  const start = keeper.read().operations.find((one) => one.kind === 'startTimer' && one.body.id === timer.id);
  let isNew = false;
  if (start && !(await keep(async () => (isNew = await keeper.takeBack(start.id))))) return false;
  return isNew || act(takeBackStart(timer, car));
}
/** `part` is which one is needed, if that was said. */
async function stop(visit: Visit | null, timer: Timer, reason: Reason, part = ''): Promise<boolean> {
  const why = reason === 'done' ? null : reason;
  // The shop marks a visit that is not in this day by itself.
  if (!visit) return act(stopTimer(timer, why, t('tablet.elsewhere')));
  const needs = [
    ...(reason === 'needs_part' && (!visit.needsPart || part !== '') ? [needPart(visit, part)] : []),
    ...(reason === 'needs_approval' && !visit.needsApproval ? [setNeeds(visit, { needsApproval: true })] : []),
  ];
  return actAll(stopTimer(timer, why, carOf(visit)), ...needs);
}

interface Next {
  visit: Visit;
  jobId: string | undefined;
}
/** What a flag stopped: taken down again so soon, in milliseconds, it was raised by mistake, and the clock goes on. */
const SECOND_THOUGHTS = 30_000;
interface Stopped extends Next {
  at: number;
}

interface Asking {
  anchor: HTMLElement;
  visit: Visit | null;
  timer: Timer;
  next: Next | null;
}

type Once = ReturnType<typeof useOnce>;
/** `before` is what the clock ran on until then: it goes on where this was a mistake. */
async function begin(once: Once, { visit, jobId }: Next, before: Next | null = null): Promise<void> {
  const operation = startTimer(visit, jobId);
  if (!(await act(operation))) return;
  const begun = { ...(operation.body as unknown as Timer), stoppedAt: null };
  toast({
    tone: 'success',
    title: t('tablet.clock.started', { car: carOf(visit) }),
    key: TOAST,
    action: { label: t('action.undo'), run: () => once(`undo ${begun.id}`, () => undo(once, begun, carOf(visit), before)) },
  });
}
/** Takes a start back, and begins what is to run instead of it. */
async function undo(once: Once, begun: Timer, car: string, next: Next | null): Promise<boolean> {
  if (!(await takeBack(begun, car))) return false;
  announce(t('tablet.clock.takenBack', { car }));
  if (next) await begin(once, next);
  return true;
}

/** One clock: starting a job stops the one that runs, and asks why. `sheet` belongs into the page. */
export function useClock() {
  const { day } = useWork();
  const now = useNow();
  const once = useOnce();
  const [asking, setAsking] = useState<Asking | null>(null);
  /** A start that came long before the car was planned: is it here? */
  const [early, setEarly] = useState<(Next & { anchor: HTMLElement }) | null>(null);
  const [wanting, setWanting] = useState<{ visit: Visit; onTell: (part: string) => void } | null>(null);
  const stoppedBy = useRef<Stopped | null>(null);
  const running = runningVisit(day);
  const timer = day?.timer ?? null;

  /** On a visit, or on one of its jobs; where there is only one, it is that one. */
  const start = (visit: Visit, anchor: HTMLElement, jobId = visit.jobs.length === 1 ? visit.jobs[0]?.id : undefined): void => {
    const next = { visit, jobId };
    // Work that begins checks the car in: it has to be here.
    if (visit.status === 'SCHEDULED' && Date.parse(visit.start) - Date.now() > HOUR && early?.visit.id !== visit.id) {
      setEarly({ ...next, anchor });
      return;
    }
    setEarly(null);
    if (!timer) once(`start ${visit.id}`, () => begin(once, next));
    else if (timer.appointmentId !== visit.id) setAsking({ anchor, visit: running, timer, next });
    // From one job of a car to the next there is nothing to explain.
    else if (jobId !== undefined && timer.jobId !== jobId) once(`start ${jobId}`, async () => (await stop(visit, timer, 'done')) && begin(once, next, { visit, jobId: timer.jobId ?? undefined }));
  };
  const pause = (anchor: HTMLElement): void => {
    if (timer) setAsking({ anchor, visit: running, timer, next: null });
  };
  /** Raises a flag, which stops the clock on its car for that reason; taken down at once, the clock goes on. */
  const flag = async (visit: Visit, reason: 'needs_part' | 'needs_approval', isOn: boolean, part = ''): Promise<void> => {
    const field = reason === 'needs_part' ? 'needsPart' : 'needsApproval';
    if (!isOn) {
      const last = stoppedBy.current;
      stoppedBy.current = null;
      if (!(await act(setNeeds(visit, { [field]: false })))) return;
      if (!timer && last?.visit.id === visit.id && Date.now() - last.at < SECOND_THOUGHTS) await begin(once, last);
    } else if (timer?.appointmentId === visit.id) {
      dismissToasts(TOAST);
      if (await stop(visit, timer, reason, part)) stoppedBy.current = { visit, jobId: timer.jobId ?? undefined, at: Date.now() };
    } else await act(reason === 'needs_part' ? needPart(visit, part) : setNeeds(visit, { needsApproval: true }));
  };
  /** Asks which part a car needs, then raises its flag. */
  const askPart = (visit: Visit): void => setWanting({ visit, onTell: (part) => void flag(visit, 'needs_part', true, part) });
  const choose = async ({ visit, timer: stopped, next }: Asking, reason: Reason, part?: string): Promise<void> => {
    dismissToasts(TOAST);
    // Of a car that is not in this day nobody can say more.
    if (reason === 'needs_part' && visit && part === undefined) {
      setWanting({ visit, onTell: (words) => void choose({ anchor: document.body, visit, timer: stopped, next }, reason, words) });
      return;
    }
    if (!(await stop(visit, stopped, reason, part))) return;
    if (next) await begin(once, next, visit && { visit, jobId: stopped.jobId ?? undefined });
    else announce(t('tablet.clock.stopped', { car: visit ? carOf(visit) : t('tablet.elsewhere') }));
  };

  const regret = ({ visit, timer: started, next }: Asking): Promise<boolean> => {
    dismissToasts(TOAST);
    return undo(once, started, visit ? carOf(visit) : t('tablet.elsewhere'), next);
  };

  const sheet = wanting ? (
    <WhichPart car={carOf(wanting.visit)} onTell={wanting.onTell} onClose={() => setWanting(null)} />
  ) : early ? (
    <Dialog
      title={t('tablet.early.title', { car: carOf(early.visit) })}
      size="sm"
      onClose={() => setEarly(null)}
      footer={
        <>
          <button type="button" data-autofocus className={bigClasses('plain')} onClick={() => setEarly(null)}>
            {t('action.cancel')}
          </button>
          <button type="button" className={bigClasses('primary')} onClick={() => start(early.visit, early.anchor, early.jobId)}>
            {t('tablet.early.start')}
          </button>
        </>
      }
    >
      <p className="text-base">{t('tablet.early.detail', { time: formatTime(early.visit.start, day?.timezone ?? 'UTC') })}</p>
    </Dialog>
  ) : asking ? (
    <MenuPanel
      label={asking.next ? t('tablet.clock.why.switch', { car: asking.visit ? carOf(asking.visit) : t('tablet.elsewhere') }) : t('tablet.clock.why')}
      anchor={asking.anchor}
      onClose={() => setAsking(null)}
      items={[
        ...REASONS.map(({ id, icon }) => ({ id, icon, label: t(`tablet.reason.${id}`), onSelect: () => once(`stop ${asking.timer.id}`, () => choose(asking, id)) })),
        ...(now - Date.parse(asking.timer.startedAt) < MISTAKE
          ? [{ id: 'mistake', icon: Undo2, label: t('tablet.reason.mistake'), detail: t('tablet.reason.mistake.detail'), onSelect: () => once(`stop ${asking.timer.id}`, () => regret(asking)) }]
          : []),
      ]}
    />
  ) : null;
  return { timer, running, start, pause, flag, askPart, sheet };
}
