import { useQuery } from '@tanstack/react-query';
import { Suspense, lazy, useEffect, useMemo, useRef } from 'react';
import { OverlapDialog } from '@/components/ui/OverlapDialog';
import { useAppointmentActions } from '@/contexts/AppointmentContext';
import { useShopLocation } from '@/contexts/LocationContext';
import { useCan } from '@/contexts/SessionContext';
import { CalendarContext } from '@/features/calendar/CalendarContext';
import type { CalendarSetting } from '@/features/calendar/CalendarContext';
import { CalendarHeader } from '@/features/calendar/CalendarHeader';
import { countOn } from '@/features/calendar/columns';
import { DayView } from '@/features/calendar/DayView';
import { eventName, planWords, rangeTitle } from '@/features/calendar/labels';
import { PlanBar } from '@/features/calendar/PlanBar';
import { datesOf } from '@/features/calendar/range';
import { RangeNotes } from '@/features/calendar/RangeNotes';
import { TechnicianView } from '@/features/calendar/TechnicianView';
import { isBlocking } from '@/features/calendar/types';
import { useCalendarEvents } from '@/features/calendar/useCalendarEvents';
import { useCalendarState } from '@/features/calendar/useCalendarState';
import { useMoves } from '@/features/calendar/useMoves';
import { usePlanner } from '@/features/calendar/usePlanning';
import { useStable } from '@/features/calendar/useStable';
import { WeekView } from '@/features/calendar/WeekView';
import '@/i18n/late/calendar';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { shopQueries } from '@/lib/data/shop';
import { useLiveState } from '@/lib/events';
import { useHotkeys } from '@/lib/hotkeys';
import { useNow } from '@/lib/now';
import { localDate } from '@/lib/time';

const loadMonth = () => import('@/features/calendar/MonthView').then((module) => ({ default: module.MonthView }));
const MonthView = lazy(loadMonth);

const iso = (instant: number): string => new Date(instant).toISOString().replace('.000Z', 'Z');

function minutes(time: string | undefined, otherwise: number): number {
  const [hours = NaN, rest = NaN] = (time ?? '').split(':').map(Number);
  return Number.isNaN(hours + rest) ? otherwise : hours * 60 + rest;
}

/** What had focus has been drawn anew: the appointment went back, or stands where it was booked. */
function focusStop(id: string): boolean {
  const place = document.querySelector<HTMLElement>(`[data-stop="${CSS.escape(id)}"]`);
  place?.focus();
  return place !== null;
}

/** The calendar: day, week, month and technicians of one location, in that location's time. */
export function AppointmentCalendar() {
  const { location } = useShopLocation();
  const zone = location.timezone;
  const today = localDate(useNow(), zone);
  const state = useCalendarState(today);
  const { view, date, techId, showsCanceled, step, setView, showDate } = state;
  const isOffline = useLiveState().mode === 'offline';
  const canEdit = useCan('appointment:edit');
  const canOverbook = useCan('appointment:overbook');
  const actions = useAppointmentActions();
  const open = useStable(actions.open);
  const { data: locations } = useQuery(shopQueries.locations());
  const { data: technicians = [] } = useQuery(shopQueries.technicians(location.id));
  const { events: all, ...loading } = useCalendarEvents(location, view, date);

  const events = useMemo(
    () =>
      techId === null && showsCanceled
        ? all
        : all.filter((event) => (techId === null || (event.techId ?? 'none') === techId) && (showsCanceled || isBlocking(event))),
    [all, techId, showsCanceled],
  );
  const moves = useMoves(location);
  const planner = usePlanner(all, zone, canEdit, moves.move);

  const detail = locations?.find((one) => one.id === location.id);
  const opens = minutes(detail?.opensAt, 8 * 60);
  const closes = minutes(detail?.closesAt, 18 * 60);
  const book = useStable((preset?: { start: number; end: number; techId: string | null }) =>
    actions.create(preset && { start: iso(preset.start), end: iso(preset.end), ...(preset.techId ? { techId: preset.techId } : {}) }),
  );
  const setting = useMemo(
    (): CalendarSetting => ({
      location,
      today,
      opens,
      closes,
      canEdit,
      open,
      create: book,
      step,
      showDay: (day) => setView('day', day),
      showTechnicians: (day) => setView('technicians', day),
    }),
    [location, today, opens, closes, canEdit, open, book, step, setView],
  );

  // The month is a part of its own; it is here before anybody asks for it.
  useEffect(() => void loadMonth(), []);

  useHotkeys({
    arrowleft: () => step(-1),
    arrowright: () => step(1),
    t: () => showDate(today),
    d: () => setView('day'),
    w: () => setView('week'),
    m: () => setView('month'),
    p: () => setView('technicians'),
  });

  const range = rangeTitle(view, date);
  const shownEvents = useMemo(() => countOn(datesOf(view, date), zone, events), [view, date, events, zone]);
  const told = useRef(`${view} ${range}`);
  useEffect(() => {
    if (loading.isLoading || told.current === `${view} ${range}`) return;
    told.current = `${view} ${range}`;
    announce(t('calendar.announce.range', { range, jobs: t('calendar.count', { count: shownEvents }) }));
  }, [view, range, loading.isLoading, shownEvents]);

  // A move by keys may leave the range that is shown: the calendar follows it.
  const { planning } = planner;
  const planDay = planning?.by === 'keys' ? localDate(planning.plan.start, zone) : null;
  useEffect(() => {
    if (planDay && !datesOf(view, date).includes(planDay)) showDate(planDay);
  }, [planDay, view, date, showDate]);

  const lanes = useMemo(() => [{ id: null, name: null }, ...technicians.map(({ id, name }) => ({ id, name }))], [technicians]);
  const props = { date, today, events, planner, isLoading: loading.isLoading };
  const { overlap } = moves;
  return (
    <CalendarContext value={setting}>
      <CalendarHeader location={location} today={today} state={state} technicians={technicians} onNew={canEdit ? () => book() : null} />
      <div className="relative flex min-h-0 flex-1 flex-col" data-calendar={view}>
        <RangeNotes
          view={view}
          date={date}
          zone={zone}
          emptiness={loading.isLoading || loading.error || shownEvents > 0 ? null : techId === null ? 'empty' : 'filtered'}
          // Offline is said above the page already.
          failure={loading.error && !(isOffline && loading.isStale) ? { error: loading.error, at: loading.failedAt, isStale: loading.isStale } : null}
          onRetry={loading.retry}
          onClearFilter={() => state.setTechId(null)}
        />
        {loading.isLoading ? (
          <p role="status" className="sr-only">
            {t('calendar.loading')}
          </p>
        ) : null}
        {view === 'day' ? <DayView {...props} /> : null}
        {view === 'week' ? <WeekView {...props} /> : null}
        <Suspense fallback={null}>{view === 'month' ? <MonthView {...props} /> : null}</Suspense>
        {view === 'technicians' ? <TechnicianView {...props} technicians={technicians} only={techId} /> : null}
        <PlanBar planner={planner} field={{ technicians: view === 'technicians' ? lanes : null, isMonth: view === 'month', zone }} />
      </div>
      {overlap ? (
        <OverlapDialog
          collisions={overlap.collisions}
          zone={zone}
          canOverride={canOverbook}
          isPending={moves.isSaving}
          lead={t('calendar.overlap.lead', { name: eventName(overlap.move.event), plan: planWords(overlap.move.plan, zone) })}
          cancelLabel={t('calendar.overlap.keep')}
          returnFocus={() => focusStop(overlap.move.event.id)}
          onClose={moves.closeOverlap}
          onOverride={(reason) => moves.move(overlap.move.event, overlap.move.plan, reason)}
        />
      ) : null}
    </CalendarContext>
  );
}
