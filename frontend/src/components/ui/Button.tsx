import { clsx } from 'clsx';
import type { ComponentProps, ReactNode } from 'react';

export type ButtonTone = 'primary' | 'secondary' | 'ghost' | 'danger';

const TONES: Record<ButtonTone, string> = {
  primary: 'bg-primary text-on-primary hover:bg-primary-hover border-transparent',
  secondary: 'bg-surface text-ink border-line hover:bg-hover',
  ghost: 'bg-transparent text-ink border-transparent hover:bg-hover',
  danger: 'bg-danger-soft text-danger border-transparent hover:border-danger',
};

export function buttonClasses(tone: ButtonTone = 'secondary', size: 'md' | 'sm' = 'md'): string {
  return clsx(
    'inline-flex shrink-0 items-center justify-center gap-2 rounded-control border font-medium whitespace-nowrap select-none',
    'motion-safe:transition-colors motion-safe:duration-[120ms] disabled:opacity-60 aria-disabled:opacity-60',
    'pointer-coarse:min-h-11 pointer-coarse:min-w-11',
    size === 'md' ? 'h-9 px-3.5' : 'h-8 px-2.5 text-xs',
    TONES[tone],
  );
}

interface ButtonProps extends Omit<ComponentProps<'button'>, 'className'> {
  tone?: ButtonTone;
  size?: 'md' | 'sm';
  icon?: ReactNode;
  /** Shown instead of the label while the act is under way; the button cannot be pressed again meanwhile. */
  pendingLabel?: string;
  isPending?: boolean;
  isWide?: boolean;
}

export function Button({
  tone = 'secondary',
  size = 'md',
  icon,
  pendingLabel,
  isPending = false,
  isWide = false,
  children,
  disabled,
  type = 'button',
  ...rest
}: ButtonProps) {
  return (
    <button
      type={type}
      className={clsx(buttonClasses(tone, size), isWide && 'w-full')}
      disabled={disabled ?? isPending}
      aria-busy={isPending || undefined}
      {...rest}
    >
      {icon}
      {isPending && pendingLabel ? pendingLabel : children}
    </button>
  );
}
