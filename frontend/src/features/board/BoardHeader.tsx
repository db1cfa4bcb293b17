import { ChevronLeft, ChevronRight, Plus, Rows3, Rows4 } from 'lucide-react';
import { useRef } from 'react';
import { Button } from '@/components/ui/Button';
import { IconButton } from '@/components/ui/IconButton';
import { t } from '@/i18n/t';
import { addDays, formatDay, formatRelativeDay, zoneName } from '@/lib/time';
import type { ShopLocation } from '@/types';
import type { Density } from './density';
import type { BoardFilters } from './filters';

interface BoardHeaderProps {
  /** The location's local day now. */
  today: string;
  location: ShopLocation;
  filters: BoardFilters;
  density: Density;
  onChange: (changes: Partial<BoardFilters>) => void;
  onDensity: (density: Density) => void;
  onNew: (() => void) | null;
  /** Figures of the day, between the date and the tools. */
  children: React.ReactNode;
  tools: React.ReactNode;
}

export function BoardHeader({ today, location, filters, density, onChange, onDensity, onNew, children, tools }: BoardHeaderProps) {
  const picker = useRef<HTMLInputElement>(null);
  const day = filters.day ?? today;
  const isToday = day === today;
  const step = filters.range === 'week' ? 7 : 1;
  const go = (to: string): void => onChange({ day: to === today ? null : to });
  const relative = formatRelativeDay(day, today);
  const title =
    filters.range === 'week'
      ? `${formatDay(day)} – ${formatDay(addDays(day, 6))}`
      : relative === formatDay(day)
        ? relative
        : `${relative}, ${formatDay(day).replace(/^\w+, /, '')}`;

  return (
    <header className="flex shrink-0 flex-wrap xl:flex-nowrap items-center gap-x-5 gap-y-2 border-b border-line bg-surface py-2 pr-4 pl-2 pointer-coarse:pr-3">
      <div className="flex min-w-0 shrink-0 items-center max-sm:flex-1 max-sm:shrink">
        <IconButton icon={ChevronLeft} label={t('board.previousDay')} onClick={() => go(addDays(day, -step))} />
        <div className="relative min-w-0">
          <button
            type="button"
            onClick={() => picker.current?.showPicker()}
            title={t('board.pickDay')}
            className="block max-w-full rounded-control px-2 py-0.5 text-left hover:bg-hover pointer-coarse:min-h-11"
          >
            <h1 className="truncate text-lg leading-5 font-semibold">
              <span className="sr-only">{t('board.title')} </span>
              {title}
            </h1>
            <span className="block max-w-52 truncate text-xs text-muted">
              {[location.name, zoneName(location.timezone)].join(' · ')}
            </span>
          </button>
          <input
            ref={picker}
            type="date"
            tabIndex={-1}
            aria-label={t('board.pickDay')}
            value={day}
            onChange={(event) => event.target.value && go(event.target.value)}
            className="pointer-events-none absolute bottom-0 left-2 h-0 w-0 opacity-0"
          />
        </div>
        <IconButton icon={ChevronRight} label={t('board.nextDay')} onClick={() => go(addDays(day, step))} />
        {isToday ? null : (
          <span className="ml-1">
            <Button size="sm" onClick={() => onChange({ day: null })}>
              {t('board.today')}
            </Button>
          </span>
        )}
      </div>
      {children}
      <div className="order-last flex min-w-0 basis-full items-center gap-2 pl-2 xl:order-none xl:ml-auto xl:basis-auto">
        {tools}
        <span className="max-sm:hidden">
          <IconButton
            icon={density === 'compact' ? Rows3 : Rows4}
            label={t(density === 'compact' ? 'board.density.comfortable' : 'board.density.compact')}
            onClick={() => onDensity(density === 'compact' ? 'comfortable' : 'compact')}
          />
        </span>
      </div>
      {onNew ? (
        <span className="shrink-0 max-xl:ml-auto">
          <Button tone="primary" icon={<Plus size={16} aria-hidden />} onClick={onNew} aria-label={t('board.new')}>
            <span className="max-sm:hidden">{t('board.new')}</span>
            <span className="sm:hidden">{t('board.new.short')}</span>
          </Button>
        </span>
      ) : null}
    </header>
  );
}
