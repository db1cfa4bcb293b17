import { clsx } from 'clsx';
import type { ComponentProps } from 'react';

export const CONTROL =
  'w-full min-w-0 rounded-control border border-line-strong bg-surface px-3 text-ink pointer-coarse:text-base ' +
  'motion-safe:transition-colors motion-safe:duration-[120ms] hover:border-ink disabled:opacity-60 ' +
  'aria-invalid:border-danger aria-invalid:bg-danger-soft';

export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <input className={clsx(CONTROL, 'h-9 pointer-coarse:h-11', className)} {...rest} />;
}

export function TextArea({ className, rows = 3, ...rest }: ComponentProps<'textarea'>) {
  return <textarea rows={rows} className={clsx(CONTROL, 'py-2 leading-5', className)} {...rest} />;
}
