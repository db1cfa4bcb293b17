import { Search, X } from 'lucide-react';
import type { KeyboardEvent, Ref } from 'react';
import { useId } from 'react';
import { IconButton } from '@/components/ui/IconButton';
import { t } from '@/i18n/t';

interface SearchBoxProps {
  text: string;
  onType: (text: string) => void;
  /** Arrow down and Enter go on in the list. */
  onKeyDown: (event: KeyboardEvent<HTMLInputElement>) => void;
  ref: Ref<HTMLInputElement>;
}

export function SearchBox({ text, onType, onKeyDown, ref }: SearchBoxProps) {
  const id = useId();
  return (
    <div role="search" className="border-b border-line bg-surface px-4 py-3 @2xl:px-6">
      <div className="relative">
        <Search size={18} aria-hidden className="pointer-events-none absolute top-1/2 left-3 -translate-y-1/2 text-muted" />
        <input
          ref={ref}
          id={id}
          type="text"
          inputMode="search"
          enterKeyHint="search"
          autoComplete="off"
          spellCheck={false}
          data-search
          aria-label={t('customers.search')}
          aria-describedby={`${id}-hint`}
          placeholder={t('customers.search.placeholder')}
          value={text}
          onChange={(event) => onType(event.target.value)}
          onKeyDown={onKeyDown}
          className="h-11 w-full rounded-control border border-line-strong bg-surface pr-11 pl-10 text-base hover:border-ink"
        />
        {text ? (
          <span className="absolute top-1/2 right-1 -translate-y-1/2 pointer-coarse:right-0">
            <IconButton icon={X} label={t('customers.search.clear')} onClick={() => onType('')} />
          </span>
        ) : null}
      </div>
      <p id={`${id}-hint`} className="mt-1.5 text-xs text-muted">
        {t('customers.search.hint')}
      </p>
    </div>
  );
}
