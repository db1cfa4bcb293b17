import { ChevronLeft, ChevronRight, Plus, Rows3, Rows4 } from 'lucide-react';
import { useRef } from 'react';
import { Button } from '@/components/ui/Button';
import { IconButton } from '@/components/ui/IconButton';
import { t } from '@/i18n/t';
import { addDays, formatDay, formatDays, formatMonthDay, formatPlainDay, formatRelativeDay, zoneNameOver } from '@/lib/time';
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

/**
 * The board's head: one row where there is room for it, else the tools on a second one. What counts is the room beside the menu,
 * not the window: the figures give way first, then the words of the button; the search and the lists keep theirs.
 */
export function BoardHeader({ today, location, filters, density, onChange, onDensity, onNew, children, tools }: BoardHeaderProps) {
  const picker = useRef<HTMLInputElement>(null);
  const day = filters.day ?? today;
  const isWeek = filters.range === 'week';
  const lastDay = isWeek ? addDays(day, 6) : day;
  const step = isWeek ? 7 : 1;
  const go = (to: string): void => onChange({ day: to === today ? null : to });

  return (
    <header className="@container shrink-0 border-b border-line bg-surface">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 py-2 pr-4 pl-2 pointer-coarse:pr-3 @min-[74rem]:flex-nowrap">
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
                {isWeek ? formatDays(day, lastDay, today) : dayTitle(day, today)}
              </h1>
              <span className="block max-w-52 truncate text-xs text-muted">
                {[location.name, zoneNameOver(location.timezone, day, lastDay)].join(' · ')}
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
          {day === today ? null : (
            <span className="ml-1">
              <Button size="sm" onClick={() => onChange({ day: null })}>
                {t('board.today')}
              </Button>
            </span>
          )}
        </div>
        <div className="min-w-0 flex-1 @max-[56rem]:order-last @max-[56rem]:basis-full @max-[56rem]:pl-2">{children}</div>
        <div className="order-last flex min-w-0 basis-full items-center gap-2 pl-2 @min-[74rem]:order-none @min-[74rem]:shrink-0 @min-[74rem]:basis-auto @min-[74rem]:pl-0">
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
          <span className="shrink-0">
            <Button tone="primary" icon={<Plus size={16} aria-hidden />} onClick={onNew} aria-label={t('board.new')}>
              <span className="@min-[74rem]:hidden @max-[34rem]:hidden">{t('board.new')}</span>
              <span className="@min-[82rem]:hidden @min-[34rem]:@max-[74rem]:hidden">{t('board.new.short')}</span>
              <span className="hidden @min-[82rem]:inline">{t('board.new')}</span>
            </Button>
          </span>
        ) : null}
      </div>
    </header>
  );
}

/** `Today, Nov 20`, `Mon, Nov 23`, `Tue, Jun 1, 2027`. */
function dayTitle(day: string, today: string): string {
  const relative = formatRelativeDay(day, today);
  if (relative === formatDay(day)) return formatPlainDay(day, today);
  return `${relative}, ${formatMonthDay(day)}`;
}
