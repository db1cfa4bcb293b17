import { ChevronLeft, ChevronRight, Eye, EyeOff, Plus } from 'lucide-react';
import { useRef } from 'react';
import { Button } from '@/components/ui/Button';
import { IconButton } from '@/components/ui/IconButton';
import { Select } from '@/components/ui/Select';
import '@/i18n/late/calendar';
import { t } from '@/i18n/t';
import { formatDay, zoneNameOver } from '@/lib/time';
import type { Person, ShopLocation } from '@/types';
import type { CalendarState } from './useCalendarState';
import { rangeTitle } from './labels';
import { VIEWS, asView, datesOf } from './range';

interface CalendarHeaderProps {
  location: ShopLocation;
  today: string;
  state: CalendarState;
  technicians: readonly Person[];
  onNew: (() => void) | null;
}

/** Where in time one is, the way to other times and views, and the filters. */
export function CalendarHeader({ location, today, state, technicians, onNew }: CalendarHeaderProps) {
  const picker = useRef<HTMLInputElement>(null);
  const { view, date } = state;
  const unit = view === 'technicians' ? 'day' : view;
  const title = rangeTitle(view, date);
  const isDayTitle = unit === 'day';
  const dates = datesOf(view, date);
  return (
    <header className="flex min-h-14 shrink-0 flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-surface py-2 pr-4 pl-2 pointer-coarse:pr-3">
      <div className="flex min-w-0 shrink items-center max-sm:basis-full">
        <IconButton icon={ChevronLeft} label={t(`calendar.previous.${unit}`)} onClick={() => state.step(-1)} />
        <IconButton icon={ChevronRight} label={t(`calendar.next.${unit}`)} onClick={() => state.step(1)} />
        <div className="relative ml-1 min-w-0">
          <button
            type="button"
            onClick={() => picker.current?.showPicker()}
            title={t('calendar.pickDay')}
            className="block max-w-full rounded-control px-2 py-0.5 text-left hover:bg-hover pointer-coarse:min-h-11"
          >
            <h1 className="truncate text-lg leading-5 font-semibold">
              <span className="sr-only">{t('calendar.title')} </span>
              {isDayTitle ? (
                <>
                  <span className="max-xl:sr-only">{title}</span>
                  <span aria-hidden className="xl:hidden">
                    {formatDay(date)}
                  </span>
                </>
              ) : (
                title
              )}
            </h1>
            <span className="block max-w-64 truncate text-xs text-muted">{[location.name, zoneNameOver(location.timezone, dates[0] ?? date, dates.at(-1))].join(' · ')}</span>
          </button>
          <input
            ref={picker}
            type="date"
            tabIndex={-1}
            aria-label={t('calendar.pickDay')}
            value={date}
            onChange={(event) => event.target.value && state.showDate(event.target.value)}
            className="pointer-events-none absolute bottom-0 left-2 h-0 w-0 opacity-0"
          />
        </div>
        <span className="ml-1">
          <Button size="sm" aria-current={date === today ? 'date' : undefined} onClick={() => state.showDate(today)}>
            {t('calendar.today')}
          </Button>
        </span>
      </div>
      <div className="flex flex-auto items-center justify-end gap-2">
        <IconButton
          icon={state.showsCanceled ? Eye : EyeOff}
          isPressed={state.showsCanceled}
          label={t(state.showsCanceled ? 'calendar.canceled.hide' : 'calendar.canceled.show')}
          onClick={() => state.setShowsCanceled(!state.showsCanceled)}
        />
        <Select
          aria-label={t('calendar.filter.tech')}
          className="max-w-44 min-w-24 shrink"
          value={state.techId ?? ''}
          onChange={(event) => state.setTechId(event.target.value || null)}
        >
          <option value="">{t('calendar.filter.all')}</option>
          {technicians.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
          <option value="none">{t('calendar.filter.none')}</option>
        </Select>
        <div role="group" aria-label={t('calendar.view')} className="flex shrink-0 rounded-control border border-line bg-sunken p-0.5 max-xl:hidden">
          {VIEWS.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={one === view}
              onClick={() => state.setView(one)}
              className="h-8 rounded-[6px] px-3 font-medium text-muted hover:text-ink aria-pressed:bg-surface aria-pressed:text-ink aria-pressed:shadow-card pointer-coarse:min-h-11"
            >
              {t(`calendar.view.${one}`)}
            </button>
          ))}
        </div>
        <Select
          aria-label={t('calendar.view')}
          className="w-auto max-w-36 shrink-0 xl:hidden"
          value={view}
          onChange={(event) => state.setView(asView(event.target.value) ?? view)}
        >
          {VIEWS.map((one) => (
            <option key={one} value={one}>
              {t(`calendar.view.${one}`)}
            </option>
          ))}
        </Select>
        {onNew ? (
          <Button tone="primary" icon={<Plus size={16} aria-hidden />} onClick={onNew} aria-label={t('calendar.new')}>
            <span className="max-xl:hidden">{t('calendar.new')}</span>
            <span className="max-sm:hidden xl:hidden">{t('calendar.new.short')}</span>
          </Button>
        ) : null}
      </div>
    </header>
  );
}
