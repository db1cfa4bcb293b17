import { clsx } from 'clsx';
import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'className' | 'aria-label'> {
  icon: LucideIcon;
  /** The accessible name and the tooltip; it says what and to which thing. */
  label: string;
  size?: 'md' | 'sm';
  isPressed?: boolean;
}

export function IconButton({ icon: Icon, label, size = 'md', isPressed, type = 'button', ...rest }: IconButtonProps) {
  return (
    <button
      type={type}
      aria-label={label}
      aria-pressed={isPressed}
      title={label}
      className={clsx(
        'inline-flex shrink-0 items-center justify-center rounded-control text-muted hover:bg-hover hover:text-ink',
        'motion-safe:transition-colors motion-safe:duration-[120ms] disabled:opacity-50 aria-disabled:opacity-50',
        'pointer-coarse:size-11 aria-pressed:bg-info-soft aria-pressed:text-info',
        size === 'md' ? 'size-9' : 'size-7',
      )}
      {...rest}
    >
      <Icon size={size === 'md' ? 18 : 16} aria-hidden />
    </button>
  );
}
