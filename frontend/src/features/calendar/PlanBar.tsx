import { clsx } from 'clsx';
import { CircleCheck, TriangleAlert } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import { useEffect, useId, useRef } from 'react';
import { Button } from '@/components/ui/Button';
import '@/i18n/late/calendar';
import { t } from '@/i18n/t';
import { useCalendar } from './CalendarContext';
import { clashWords, eventName, planWords } from './labels';
import type { KeyField } from './plan';
import { byKey, isOpen } from './plan';
import type { Planner } from './usePlanning';

/**
 * What is being planned, in words: the time, the technician, what stands in the way. While moving by keys it holds focus and
 * hears the arrows, because the appointment itself may leave the screen.
 */
export function PlanBar({ planner, field }: { planner: Planner; field: KeyField }) {
  const { location, opens, closes } = useCalendar();
  const id = useId();
  const bar = useRef<HTMLDivElement>(null);
  const { planning, clashes } = planner;
  const isByKeys = planning?.by === 'keys';
  useEffect(() => {
    if (isByKeys) bar.current?.querySelector('button')?.focus();
  }, [isByKeys]);
  if (!planning) return null;

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.key === 'Escape') planner.cancel();
    else {
      const plan = byKey(planning.plan, event.key, event.shiftKey, field);
      // Nothing else of the calendar hears keys now: a stray letter must not leave the range.
      if (!plan) {
        if (event.key.length === 1 && event.key !== ' ') event.preventDefault();
        return;
      }
      planner.change(plan);
    }
    event.preventDefault();
  };
  const [first] = clashes;
  return (
    // The bar hears keys for its two buttons.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      ref={bar}
      onKeyDown={onKeyDown}
      data-plan-bar
      className={clsx(
        'absolute inset-x-3 bottom-3 z-30 mx-auto flex max-w-2xl flex-wrap items-center gap-x-4 gap-y-2 rounded-control border bg-raised px-4 py-2.5 shadow-menu',
        first ? 'border-danger' : 'border-line-strong',
        isByKeys ? '' : 'pointer-events-none',
      )}
    >
      <div className="min-w-0 flex-1 basis-64">
        <p className="truncate font-semibold">{eventName(planning.event)}</p>
        <p className="tabular truncate">{planWords(planning.plan, location.timezone)}</p>
        <p className={clsx('flex items-center gap-1.5', first ? 'text-danger' : 'text-success')}>
          {first ? <TriangleAlert size={14} aria-hidden className="shrink-0" /> : <CircleCheck size={14} aria-hidden className="shrink-0" />}
          <span className="min-w-0 truncate">
            {first ? clashWords(first, location.timezone) : t(isOpen(planning.plan, location.timezone, opens, closes) ? 'calendar.plan.free' : 'calendar.plan.free.closed')}
            {clashes.length > 1 ? ` ${t('calendar.more', { count: clashes.length - 1 })}` : ''}
          </span>
        </p>
      </div>
      {isByKeys ? (
        <>
          <Button tone="primary" aria-describedby={id} onClick={planner.commit}>
            {t('calendar.move.save')}
          </Button>
          <Button onClick={planner.cancel}>{t('calendar.move.cancel')}</Button>
          <p id={id} className="basis-full text-xs text-muted">
            {t('calendar.move.help')}
          </p>
        </>
      ) : null}
    </div>
  );
}
