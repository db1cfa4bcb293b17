import { ChevronLeft, ChevronRight, Plus, Rows3, Rows4 } from 'lucide-react';
import { useRef } from 'react';
import { Button } from '@/components/ui/Button';
import { IconButton } from '@/components/ui/IconButton';
import { t } from '@/i18n/t';
import { addDays, formatDay, formatRelativeDay, zoneName } from '@/lib/time';
import type { Density } from './density';
import type { BoardFilters } from './filters';

interface BoardHeaderProps {
  /** The location's local day now. */
  today: string;
  zone: string;
  filters: BoardFilters;
  density: Density;
  onChange: (changes: Partial<BoardFilters>) => void;
  onDensity: (density: Density) => void;
  onNew: (() => void) | null;
  /** Figures of the day, between the date and the tools. */
  children: React.ReactNode;
  tools: React.ReactNode;
}

export function BoardHeader({ today, zone, filters, density, onChange, onDensity, onNew, children, tools }: BoardHeaderProps) {
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
    <header className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-2 border-b border-line bg-surface px-4 py-2.5">
      <div className="flex items-center gap-1">
        <IconButton icon={ChevronLeft} label={t('board.previousDay')} onClick={() => go(addDays(day, -step))} />
        <div className="relative">
          <button
            type="button"
            onClick={() => picker.current?.showPicker()}
            title={t('board.pickDay')}
            className="flex h-9 items-center rounded-control px-2 hover:bg-hover pointer-coarse:h-11"
          >
            <h1 className="text-lg font-semibold whitespace-nowrap">
              <span className="sr-only">{t('board.heading', { day: '' })}</span>
              {title}
            </h1>
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
          <Button size="sm" onClick={() => onChange({ day: null })}>
            {t('board.today')}
          </Button>
        )}
        <span className="ml-1 hidden text-xs text-muted xl:inline">{zoneName(zone)}</span>
      </div>
      {children}
      <div className="ml-auto flex min-w-0 flex-wrap items-center gap-2">
        {tools}
        <IconButton
          icon={density === 'compact' ? Rows3 : Rows4}
          label={t(density === 'compact' ? 'board.density.comfortable' : 'board.density.compact')}
          onClick={() => onDensity(density === 'compact' ? 'comfortable' : 'compact')}
        />
        {onNew ? (
          <Button tone="primary" icon={<Plus size={16} aria-hidden />} onClick={onNew} aria-label={t('board.new')}>
            <span className="max-sm:hidden">{t('board.new')}</span>
            <span className="sm:hidden">{t('board.new.short')}</span>
          </Button>
        ) : null}
      </div>
    </header>
  );
}
