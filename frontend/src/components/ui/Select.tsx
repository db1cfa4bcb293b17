import { clsx } from 'clsx';
import { ChevronDown } from 'lucide-react';
import type { ComponentProps } from 'react';
import { CONTROL } from './Input';

/** The browser's own list: right on every device, with every keyboard. */
interface SelectProps extends ComponentProps<'select'> {
  /** Reads like text among values that are their own editors; its frame comes when one points at it. */
  isInline?: boolean;
}

export function Select({ className, isInline = false, children, ...rest }: SelectProps) {
  return (
    <span className={clsx('relative inline-flex w-full min-w-0', className)}>
      <select
        className={clsx(
          CONTROL,
          'h-9 appearance-none truncate pr-8 pointer-coarse:h-11',
          isInline && 'border-transparent! bg-transparent hover:border-line! focus:border-line-strong! focus:bg-surface aria-invalid:border-danger!',
        )}
        {...rest}
      >
        {children}
      </select>
      <ChevronDown size={16} aria-hidden className="pointer-events-none absolute top-1/2 right-2.5 -translate-y-1/2 text-muted" />
    </span>
  );
}
