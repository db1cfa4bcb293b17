import { useQuery } from '@tanstack/react-query';
import { Search, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { IconButton } from '@/components/ui/IconButton';
import { Input } from '@/components/ui/Input';
import { Select } from '@/components/ui/Select';
import { t } from '@/i18n/t';
import { shopQueries } from '@/lib/data/shop';
import { useRested } from '@/lib/debounce';
import type { BoardFilters } from './filters';

interface BoardFilterBarProps {
  locationId: string;
  filters: BoardFilters;
  onChange: (changes: Partial<BoardFilters>) => void;
}

/** Search, technician and range. */
export function BoardFilterBar({ locationId, filters, onChange }: BoardFilterBarProps) {
  const { data: technicians = [] } = useQuery(shopQueries.technicians(locationId));
  return (
    <>
      <TextFilter value={filters.text} onChange={(text) => onChange({ text })} />
      <Select
        aria-label={t('board.filter.tech')}
        className="max-w-40 min-w-24 sm:min-w-40 pointer-coarse:max-w-44 sm:pointer-coarse:min-w-44"
        value={filters.techId ?? ''}
        onChange={(event) => onChange({ techId: event.target.value || null })}
      >
        <option value="">{t('board.filter.tech.all')}</option>
        {technicians.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
        <option value="none">{t('board.filter.tech.none')}</option>
      </Select>
      <Select
        aria-label={t('board.range')}
        className="max-w-24 min-w-24 pointer-coarse:max-w-28 pointer-coarse:min-w-28 max-sm:hidden"
        value={filters.range}
        onChange={(event) => onChange({ range: event.target.value === 'week' ? 'week' : 'day' })}
      >
        <option value="day">{t('board.range.day')}</option>
        <option value="week">{t('board.range.week')}</option>
      </Select>
    </>
  );
}

/** Typing shows at once; the address follows when the typing rests. */
function TextFilter({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    // The address changed from elsewhere: "Clear filters", Back.
    setSeen(value);
    if (value.trim() !== text.trim()) setText(value);
  }
  const rested = useRested(text, 120);
  useEffect(() => {
    if (rested !== value && rested === text) onChange(rested);
    // Only what was typed here is sent up; what came down was shown above.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [rested]);
  return (
    <div role="search" className="relative min-w-40 flex-1 sm:min-w-56 @min-[74rem]:w-56 @min-[74rem]:flex-none">
      <Search size={16} aria-hidden className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-muted" />
      <Input
        data-search
        type="text"
        aria-label={t('board.filter.text')}
        placeholder={t('board.filter.text.hint')}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          if (text) setText('');
          else event.currentTarget.blur();
        }}
        className={text ? 'pr-8 pl-8' : 'pl-8'}
      />
      {text ? (
        <span className="absolute top-1/2 right-1 -translate-y-1/2">
          <IconButton icon={X} size="sm" label={t('board.filter.text.clear')} onClick={() => setText('')} />
        </span>
      ) : null}
    </div>
  );
}
