import { clsx } from 'clsx';
import type { KeyboardEvent, ReactNode } from 'react';
import { useEffect, useId, useRef, useState } from 'react';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { Input } from './Input';

export interface Choice {
  id: string;
  /** What stands in the field once it is chosen. */
  label: string;
  /** How it looks in the list; the label by default. */
  content?: ReactNode;
}

interface ComboboxProps {
  id: string;
  'aria-invalid'?: true;
  'aria-describedby'?: string;
  value: string;
  onType: (text: string) => void;
  choices: readonly Choice[];
  onChoose: (choice: Choice) => void;
  placeholder?: string;
  /** Gives this field the focus when its layer opens. */
  isFirst?: boolean;
}

/** A text field that suggests while one types; what was typed counts by itself when nothing is chosen. */
export function Combobox({ id, value, onType, choices, onChoose, placeholder, isFirst = false, ...aria }: ComboboxProps) {
  const listId = useId();
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const list = useRef<HTMLDivElement>(null);
  const shown = isOpen && value.trim().length > 0 && choices.length > 0;
  const current = shown ? Math.min(active, choices.length - 1) : -1;

  useEffect(() => {
    if (shown) announce(t('combobox.count', { count: choices.length }));
  }, [shown, choices.length]);
  useEffect(() => {
    if (current >= 0) list.current?.children[current]?.scrollIntoView({ block: 'nearest' });
  }, [current]);

  const choose = (choice: Choice): void => {
    onChoose(choice);
    setOpen(false);
    setActive(-1);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const chosen = choices[current];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setOpen(true);
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setActive((choices.length + 1 + current + step + 1) % (choices.length + 1) - 1);
    } else if (event.key === 'Enter' && chosen) {
      event.preventDefault();
      choose(chosen);
    } else if (event.key === 'Escape' && shown) {
      event.preventDefault();
      event.stopPropagation();
      setOpen(false);
    }
  };

  return (
    <div className="relative">
      <Input
        id={id}
        role="combobox"
        autoComplete="off"
        spellCheck={false}
        value={value}
        placeholder={placeholder}
        data-autofocus={isFirst || undefined}
        aria-expanded={shown}
        aria-controls={shown ? listId : undefined}
        aria-autocomplete="list"
        aria-activedescendant={current >= 0 ? `${listId}-${current}` : undefined}
        onChange={(event) => {
          onType(event.target.value);
          setOpen(true);
          setActive(-1);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
        {...aria}
      />
      {shown ? (
        <div
          ref={list}
          id={listId}
          role="listbox"
          aria-label={placeholder}
          className="absolute inset-x-0 top-full z-10 mt-1 max-h-72 overflow-y-auto rounded-control border border-line bg-raised p-1 shadow-menu"
        >
          {choices.map((choice, index) => (
            <div
              key={choice.id}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === current}
              tabIndex={-1}
              // The field keeps the focus; the list only takes the press.
              onMouseDown={(event) => {
                event.preventDefault();
                choose(choice);
              }}
              className={clsx('rounded-chip px-2.5 py-2 pointer-coarse:py-3', index === current ? 'bg-hover' : 'hover:bg-hover')}
            >
              {choice.content ?? choice.label}
            </div>
          ))}
        </div>
      ) : null}
    </div>
  );
}
