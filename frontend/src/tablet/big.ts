import { clsx } from 'clsx';

export type BigTone = 'primary' | 'plain' | 'danger';
const TONES: Record<BigTone, string> = {
  primary: 'bg-primary text-on-primary border-transparent hover:bg-primary-hover',
  plain: 'bg-surface text-ink border-line-strong hover:bg-hover',
  danger: 'bg-danger-soft text-danger border-transparent hover:border-danger',
};

/** A control for a glove: at least 57 px high at the tablet's size of text. */
export function bigClasses(tone: BigTone = 'plain', className = ''): string {
  return clsx(
    'inline-flex min-h-11 min-w-11 items-center justify-center gap-2.5 rounded-control border-2 px-4 py-1.5 text-base font-semibold select-none touch-manipulation',
    // A word that needs two lines takes its sign's room last.
    '[&>svg]:shrink-0',
    'disabled:opacity-60 aria-disabled:opacity-60',
    TONES[tone],
    className,
  );
}
